"""Question sets and metrics: how good are the answers?"""
