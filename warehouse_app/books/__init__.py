"""The ledger: what each kind of fact moves; nothing else writes moves and balances."""
