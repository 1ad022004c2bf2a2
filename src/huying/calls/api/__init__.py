"""REST: the telephone as other systems see it (能力开放)."""
