package notice

import (
	"slices"
	"strings"
	"time"
)

// Zones are the time zones that can be chosen: those of the participating States and
// Partners for Co-operation, by the names of the tz database.
var Zones = []string{
	"America/Anchorage", "America/Chicago", "America/Denver", "America/Halifax", "America/Los_Angeles", "America/New_York", "America/St_Johns", "America/Toronto", "America/Vancouver", "America/Winnipeg",
	"Africa/Algiers", "Africa/Cairo", "Africa/Casablanca", "Africa/Tunis",
	"Asia/Almaty", "Asia/Amman", "Asia/Ashgabat", "Asia/Baku", "Asia/Bangkok", "Asia/Bishkek", "Asia/Dushanbe", "Asia/Jerusalem", "Asia/Kabul", "Asia/Kamchatka", "Asia/Krasnoyarsk", "Asia/Nicosia", "Asia/Novosibirsk",
	"Asia/Seoul", "Asia/Tashkent", "Asia/Tbilisi", "Asia/Tokyo", "Asia/Ulaanbaatar", "Asia/Vladivostok", "Asia/Yekaterinburg", "Asia/Yerevan",
	"Atlantic/Azores", "Atlantic/Canary", "Atlantic/Reykjavik", "Australia/Perth", "Australia/Sydney",
	"Europe/Amsterdam", "Europe/Andorra", "Europe/Athens", "Europe/Belgrade", "Europe/Berlin", "Europe/Bratislava", "Europe/Brussels", "Europe/Bucharest", "Europe/Budapest", "Europe/Chisinau", "Europe/Copenhagen", "Europe/Dublin",
	"Europe/Helsinki", "Europe/Istanbul", "Europe/Kyiv", "Europe/Lisbon", "Europe/Ljubljana", "Europe/London", "Europe/Luxembourg", "Europe/Madrid", "Europe/Malta", "Europe/Minsk", "Europe/Monaco", "Europe/Moscow", "Europe/Oslo",
	"Europe/Paris", "Europe/Podgorica", "Europe/Prague", "Europe/Riga", "Europe/Rome", "Europe/Samara", "Europe/San_Marino", "Europe/Sarajevo", "Europe/Skopje", "Europe/Sofia", "Europe/Stockholm", "Europe/Tallinn", "Europe/Tirane",
	"Europe/Vaduz", "Europe/Vatican", "Europe/Vienna", "Europe/Vilnius", "Europe/Warsaw", "Europe/Zagreb", "Europe/Zurich", "UTC",
}

// Quiet are the hours in which no letter comes: on some days, from one time of the day to
// another, which may lie on the next day. Without days there are none.
type Quiet struct {
	From, To int    // minutes after midnight
	Days     string // on which they begin: "12345" is Monday to Friday
}

// location is where her clock stands.
func (w Wish) location() *time.Location {
	if w.Zone == "" || !slices.Contains(Zones, w.Zone) {
		return time.Local
	}
	l, err := time.LoadLocation(w.Zone)
	if err != nil {
		return time.Local
	}
	return l
}

// until is the end of the quiet hours in which a moment lies, or the moment itself.
func (w Wish) until(at time.Time) time.Time {
	q, local := w.Quiet, at.In(w.location())
	if q.Days == "" || q.From == q.To {
		return at
	}
	for back := range 2 { // they began today, or yesterday
		y, m, d := local.AddDate(0, 0, -back).Date()
		begin := time.Date(y, m, d, 0, q.From, 0, 0, local.Location())
		if !strings.ContainsRune(q.Days, weekday(begin)) {
			continue
		}
		end := time.Date(y, m, d, 0, q.To, 0, 0, local.Location())
		if q.To < q.From {
			end = time.Date(y, m, d+1, 0, q.To, 0, 0, local.Location())
		}
		if !local.Before(begin) && local.Before(end) {
			return end
		}
	}
	return at
}

// weekday is '1' for Monday to '7' for Sunday.
func weekday(at time.Time) rune { return '1' + rune((at.Weekday()+6)%7) }

// morning is when letters come that gather what is new, by her clock.
const morning = 6

// nextMorning is the next morning after a moment, that of a Monday if asked, once her
// quiet hours are over.
func (w Wish) nextMorning(after time.Time, monday bool) time.Time {
	local := after.In(w.location())
	y, m, d := local.Date()
	for add := range 9 {
		at := time.Date(y, m, d+add, morning, 0, 0, 0, local.Location())
		if end := w.until(at); end.After(after) && (!monday || at.Weekday() == time.Monday) {
			return end
		}
	}
	return after.AddDate(0, 0, 7) // a week has a Monday
}
