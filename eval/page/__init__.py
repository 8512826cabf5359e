"""The page's evaluation tab: runs started, looked at and compared, drafts reviewed."""
