"""Measurements side by side with peers, in one run; ratios carry over, absolute times do not."""
