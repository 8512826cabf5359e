"""Questions about a whole section, read by the document's outline: 总结第三章."""
