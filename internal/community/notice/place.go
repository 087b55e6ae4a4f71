package notice

import "polis/internal/community/discussion"

// Place is where something stands in a list by its time.
type Place = discussion.Place
