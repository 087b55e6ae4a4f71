package web

// The map of the participating States as tiles: column and row of each. They are
// placed by hand so that neighbours are near each other, and show no borders: a tile's
// place and size say nothing about a State's.
var mapPlaces = map[string][2]int{
	"CA": {0, 0}, "IS": {4, 0}, "NO": {8, 0}, "SE": {9, 0}, "FI": {10, 0},
	"US": {0, 1}, "IE": {3, 1}, "GB": {4, 1}, "DK": {8, 1}, "EE": {10, 1}, "RU": {13, 1},
	"NL": {5, 2}, "DE": {7, 2}, "PL": {8, 2}, "LT": {9, 2}, "LV": {10, 2}, "BY": {11, 2},
	"BE": {5, 3}, "LU": {6, 3}, "CZ": {7, 3}, "SK": {8, 3}, "UA": {11, 3}, "KZ": {14, 3}, "MN": {16, 3},
	"FR": {4, 4}, "CH": {5, 4}, "LI": {6, 4}, "AT": {7, 4}, "HU": {8, 4}, "RO": {9, 4}, "MD": {10, 4}, "UZ": {14, 4}, "KG": {15, 4},
	"PT": {2, 5}, "ES": {3, 5}, "AD": {4, 5}, "MC": {5, 5}, "IT": {6, 5}, "SI": {7, 5}, "HR": {8, 5}, "RS": {9, 5}, "BG": {10, 5}, "GE": {12, 5}, "TM": {14, 5}, "TJ": {15, 5},
	"VA": {5, 6}, "SM": {6, 6}, "BA": {8, 6}, "ME": {9, 6}, "MK": {10, 6}, "TR": {11, 6}, "AM": {12, 6}, "AZ": {13, 6},
	"MT": {6, 7}, "AL": {9, 7}, "GR": {10, 7}, "CY": {11, 7},
}

const (
	mapWidth  = 17 // columns
	mapHeight = 8  // rows
)
