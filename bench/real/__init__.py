"""The parts of bench/real_logs.py: three real logs imported and replayed, and what is reported of them."""
