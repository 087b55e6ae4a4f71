package lang

// voice is what a language needs beside its messages: its name, its months and
// its small words.
type voice struct {
	name        string     // of the language in itself
	and         string     // before the last item of a list
	months      [12]string // alone: "март 2026 г."
	monthsOfDay [12]string // after a day: "3 марта 2026 г."
	shortMonths [12]string // after a day, in tables
	first       string     // the first day of a month
	dot         string     // after the day
	of          string     // before month and year, where the date is written in full
	era         string     // after the year
	bytes       [5]string  // byte and its decimal multiples
}

var (
	english = [12]string{
		"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November", "December",
	}
	french = [12]string{
		"janvier", "février", "mars", "avril", "mai", "juin",
		"juillet", "août", "septembre", "octobre", "novembre", "décembre",
	}
	german = [12]string{
		"Januar", "Februar", "März", "April", "Mai", "Juni",
		"Juli", "August", "September", "Oktober", "November", "Dezember",
	}
	italian = [12]string{
		"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
		"luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre",
	}
	spanish = [12]string{
		"enero", "febrero", "marzo", "abril", "mayo", "junio",
		"julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
	}
	siBytes = [5]string{"B", "kB", "MB", "GB", "TB"}
)

// voices are in the order of All.
var voices = [6]voice{
	{
		name: "English", and: "and", months: english, monthsOfDay: english,
		shortMonths: [12]string{
			"Jan", "Feb", "Mar", "Apr", "May", "June",
			"July", "Aug", "Sept", "Oct", "Nov", "Dec",
		},
		first: "1", bytes: siBytes,
	},
	{
		name: "Français", and: "et", months: french, monthsOfDay: french,
		shortMonths: [12]string{
			"janv.", "févr.", "mars", "avr.", "mai", "juin",
			"juil.", "août", "sept.", "oct.", "nov.", "déc.",
		},
		first: "1er",
		bytes: [5]string{"o", "ko", "Mo", "Go", "To"},
	},
	{
		name: "Deutsch", and: "und", months: german, monthsOfDay: german,
		shortMonths: [12]string{
			"Jan.", "Feb.", "März", "Apr.", "Mai", "Juni",
			"Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez.",
		},
		first: "1", dot: ".", bytes: siBytes,
	},
	{
		name: "Italiano", and: "e", months: italian, monthsOfDay: italian,
		shortMonths: [12]string{
			"gen", "feb", "mar", "apr", "mag", "giu",
			"lug", "ago", "set", "ott", "nov", "dic",
		},
		first: "1", bytes: siBytes,
	},
	{
		name: "Русский", and: "и",
		months: [12]string{
			"январь", "февраль", "март", "апрель", "май", "июнь",
			"июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
		},
		monthsOfDay: [12]string{
			"января", "февраля", "марта", "апреля", "мая", "июня",
			"июля", "августа", "сентября", "октября", "ноября", "декабря",
		},
		shortMonths: [12]string{
			"янв.", "февр.", "марта", "апр.", "мая", "июня",
			"июля", "авг.", "сент.", "окт.", "нояб.", "дек.",
		},
		first: "1", era: " г.",
		bytes: [5]string{"Б", "кБ", "МБ", "ГБ", "ТБ"},
	},
	{
		name: "Español", and: "y", months: spanish, monthsOfDay: spanish,
		shortMonths: [12]string{
			"ene", "feb", "mar", "abr", "may", "jun",
			"jul", "ago", "sept", "oct", "nov", "dic",
		},
		first: "1", of: "de ", bytes: siBytes,
	},
}
