"""The rules, one module each: its subjects, and what each of them needs."""
