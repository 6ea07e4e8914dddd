"""What browsers choose: the form, the cookie, where both may come from."""
