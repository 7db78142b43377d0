"""What it costs, measured: each case runs ours and the peer's way side by side. Run it as ``scripts/bench``."""
