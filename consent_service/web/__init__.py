"""Speaks HTTP: parse, call one service, answer; never touches storage."""
