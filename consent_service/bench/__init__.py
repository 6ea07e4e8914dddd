"""Measures this service beside yardsticks on the same server in the same run, and reports ratios."""
