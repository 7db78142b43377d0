"""The doors in: public facts of wikis, read without an account."""
