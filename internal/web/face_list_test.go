package web

import (
	"net/url"

	"polis/internal/lang"
)

// face is an address that shows something: how the test asks it.
type face struct {
	of    func(s secret) []string // of one document
	whole []string                // of everything at once
	told  string                  // why it may answer otherwise about what is hidden than about what is not there
	none  string                  // or why it shows no records, nor anything made from them
}

// about makes addresses of one document, each in a language of its own.
func about(paths ...string) func(s secret) []string {
	return func(s secret) (list []string) {
		for i, path := range paths {
			list = append(list, "/"+string(lang.All[i%len(lang.All)])+s.fill(path))
		}
		return list
	}
}

// faces are all there are. A page that is made of records is asked about each
// document or as a whole; whoever adds an address says here which it is.
func faces() map[string]face {
	text := face{none: "a text of the house"}
	own := face{none: "about her own account"}
	door := face{none: "before anybody is signed in"}
	people := face{none: "about people, not records"}
	settings := face{none: "the installation's settings"}
	every := []string{"/library", "/library?sort=date&page=2", "/ru/library?level=closed&level=official", "/fr/library?theme=cybercrime", "/search?q=meeting", "/de/search?q=%22" + common + "%22"}
	return map[string]face{
		"GET /{$}":                                            {whole: []string{"/", "/ru", "/es"}},
		"GET /library":                                        {of: about("/library?q=WORD", "/library?q=WOR*", "/library?q=%22WORD%22", "/library?q=SYMBOL"), whole: every},
		"GET /search":                                         {of: about("/search?q=WORD&sort=date", "/search?q=WORT"), whole: every[4:]},
		"GET /library/{id}":                                   {of: about("/library/ID", "/library/ID", "/library/ID", "/library/ID", "/library/ID", "/library/ID", "/library/ID?q=WORD&inside=1")},
		"GET /library/{id}/{lang}":                            {of: about("/library/ID/en?beside=ru", "/library/ID/ru", "/library/ID/en?part=2", "/library/ID/de")},
		"GET /library/{id}/{lang}/cite":                       {of: about("/library/ID/en/cite?p=1", "/library/ID/en/cite")},
		"GET /library/{id}/{lang}/file":                       {of: about("/library/ID/en/file?v=VERSION", "/library/ID/en/file?v=VERSION&view=1")},
		"GET /library/usage":                                  {whole: []string{"/library/usage", "/ru/library/usage?show=least&added=2026", "/library/usage?period=all&theme=cybercrime&type=guide"}},
		"GET /library/usage.csv":                              {whole: []string{"/library/usage.csv?period=all", "/library/usage.csv?period=all&show=least&added=2026"}},
		"GET /library/misses":                                 {whole: []string{"/library/misses"}},
		"GET /library/{id}/edit":                              {of: about("/library/ID/edit")},
		"GET /library/{id}/withdraw":                          {of: about("/library/ID/withdraw")},
		"GET /library/{id}/lowering":                          {of: about("/library/ID/lowering")},
		"GET /library/{id}/collect":                           {of: about("/library/ID/collect")},
		"GET /collections":                                    {whole: []string{"/collections", "/ru/collections"}},
		"GET /collections/new":                                {of: about("/collections/new?document=ID"), told: "what was in the address"},
		"GET /collections/{id}":                               {of: about("/collections/COLLECTION", "/collections/COLLECTION?page=2"), whole: []string{"/collections/face-all", "/de/collections/face-all"}},
		"GET /collections/{id}/edit":                          {of: about("/collections/COLLECTION/edit")},
		"GET /collections/{id}/delete":                        {of: about("/collections/COLLECTION/delete")},
		"GET /collections/{id}/feed.atom":                     {of: about("/collections/COLLECTION/feed.atom"), whole: []string{"/collections/face-all/feed.atom"}},
		"GET /collections/{id}/references.bib":                {of: about("/collections/COLLECTION/references.bib"), whole: []string{"/collections/face-all/references.bib"}},
		"GET /collections/{id}/references.ris":                {of: about("/collections/COLLECTION/references.ris"), whole: []string{"/collections/face-all/references.ris"}},
		"GET /collections/{id}/references.json":               {of: about("/collections/COLLECTION/references.json"), whole: []string{"/collections/face-all/references.json"}},
		"GET /library/bulk":                                   {of: about("/library/bulk?q=WORD"), whole: []string{"/library/bulk", "/ru/library/bulk?theme=cybercrime"}},
		"GET /library/twins":                                  {whole: []string{"/library/twins", "/ru/library/twins?kind=near", "/library/twins?kind=exact&lang=en", "/library/twins?lang=ru", "/library/twins?after=999.0.0"}},
		"GET /twins/{a}/{b}":                                  {of: about("/twins/ID/BESIDE", "/twins/BESIDE/ID?lang=ru")},
		"GET /batches/{id}":                                   {none: "her own changes; what they show of documents is tried in bulk_test.go"},
		"GET /library/lowering":                               {whole: []string{"/library/lowering"}},
		"GET /files/{version}":                                {of: about("/files/VERSION", "/files/VERSION?view=1")},
		"GET /api/v1/files/{version}":                         {of: bare("/api/v1/files/VERSION")},
		"GET /why":                                            {of: about("/why?of=/library/ID", "/why?of=https://polis.example/ru/library/ID/ru"), told: "the rule, to people somebody vouches for"},
		"GET /library/upload":                                 {whole: []string{"/library/upload", "/library/upload?into=1"}},
		"GET /library/intake":                                 {whole: []string{"/library/intake", "/library/intake?stage=ready"}},
		"GET /library/intake/{id}/confirm":                    {of: about("/library/intake/INTAKE/confirm", "/library/intake/INTAKE/confirm?into=ID", "/library/intake/INTAKE/confirm?like=ID")},
		"GET /themes":                                         {whole: []string{"/themes", "/it/themes"}},
		"GET /themes/{id...}":                                 {whole: []string{"/themes/cybercrime", "/themes/police-reform/community-policing", "/ru/themes/drugs"}},
		"GET /framework":                                      {whole: []string{"/framework", "/fr/framework"}},
		"GET /framework/numbers":                              {whole: []string{"/framework/numbers?n=14.3,+22", "/framework/numbers?n=WORD"}},
		"GET /framework/{edition}":                            {whole: []string{"/framework/1049"}},
		"GET /framework/{edition}/{item}":                     {whole: []string{"/framework/1049/14.3", "/framework/1049/12.3", "/es/framework/1049/19"}},
		"GET /states":                                         {whole: []string{"/states", "/ru/states?sort=documents"}},
		"GET /structures":                                     {whole: []string{"/structures"}},
		"GET /organisations":                                  {whole: []string{"/organisations"}},
		"GET /states.csv":                                     {whole: []string{"/states.csv"}},
		"GET /structures.csv":                                 {whole: []string{"/structures.csv"}},
		"GET /organisations.csv":                              {whole: []string{"/organisations.csv"}},
		"GET /directory.csv":                                  {whole: []string{"/directory.csv"}},
		"GET /directory/names":                                {whole: []string{"/directory/names"}},
		"GET /directory/{id}":                                 {whole: []string{"/directory/KG", "/de/directory/spmu", "/directory/TJ"}},
		"GET /directory/{id}/edit":                            {whole: []string{"/directory/KG/edit"}},
		"GET /directory/new":                                  {whole: []string{"/directory/new"}},
		"GET /directory/import":                               {whole: []string{"/directory/import"}},
		"GET /thesaurus":                                      {whole: []string{"/thesaurus", "/ru/thesaurus?letter=п", "/thesaurus?q=police"}},
		"GET /thesaurus/{id}":                                 {whole: []string{"/thesaurus/police", "/fr/thesaurus/public-order", "/thesaurus/police.ttl"}},
		"GET /thesaurus/{id}/edit":                            {whole: []string{"/thesaurus/police/edit"}},
		"GET /thesaurus/new":                                  {whole: []string{"/thesaurus/new"}},
		"GET /thesaurus/import":                               {whole: []string{"/thesaurus/import"}},
		"GET /thesaurus.ttl":                                  {whole: []string{"/thesaurus.ttl"}},
		"GET /thesaurus.rdf":                                  {whole: []string{"/thesaurus.rdf"}},
		"GET /thesaurus.jsonld":                               {whole: []string{"/thesaurus.jsonld"}},
		"GET /library/{id}/concepts":                          {of: about("/library/ID/concepts")},
		"GET /account":                                        {whole: []string{"/account", "/ru/account"}},
		"GET /account/data":                                   {whole: []string{"/account/data"}},
		"GET /account/delete":                                 {whole: []string{"/account/delete"}},
		"GET /account/log":                                    {whole: []string{"/account/log"}},
		"GET /welcome":                                        {whole: []string{"/welcome"}},
		"GET /admin/log":                                      {of: about("/admin/log?of=/library/ID"), told: "that something happened, to administrators", whole: []string{"/admin/log", "/admin/log?page=2"}},
		"GET /admin/log/csv":                                  {of: about("/admin/log/csv?of=ID"), told: "that something happened, to administrators", whole: []string{"/admin/log/csv"}},
		"GET /admin/log/checkpoint":                           {whole: []string{"/admin/log/checkpoint"}},
		"GET /admin/jobs":                                     {whole: []string{"/admin/jobs"}},
		"GET /admin/quarantine":                               {whole: []string{"/admin/quarantine"}},
		"GET /admin/quarantine/{id}/file":                     {of: about("/admin/quarantine/INTAKE/file")},
		"GET /admin/dictionaries":                             {whole: []string{"/admin/dictionaries", "/ru/admin/dictionaries"}},
		"GET /admin/sources":                                  {whole: []string{"/admin/sources", "/ru/admin/sources"}},
		"GET /admin/storage":                                  {whole: []string{"/admin/storage"}},
		"GET /admin/health":                                   {whole: []string{"/admin/health"}},
		"GET /groups":                                         {whole: []string{"/groups"}},
		"GET /groups/{id}":                                    {whole: []string{"/groups/face-g1", "/groups/face-g2?q=face"}},
		"GET /people":                                         {whole: []string{"/people"}},
		"GET /people.csv":                                     {whole: []string{"/people.csv"}},
		"GET /people/{id}":                                    {of: about("/people/OWNER"), told: "the person"},
		"GET /people/{id}/delete":                             {of: about("/people/OWNER/delete"), told: "the person"},
		"GET /assistance":                                     {whole: []string{"/assistance", "/ru/assistance"}},
		"GET /desk":                                           {whole: []string{"/desk", "/ru/desk"}},
		"GET /desk.csv":                                       {whole: []string{"/desk.csv", "/de/desk.csv?state=KG"}},
		"GET /desk.xlsx":                                      {whole: []string{"/desk.xlsx"}},
		"GET /desk.ics":                                       {whole: []string{"/desk.ics?body=spmu"}},
		"GET /desk/followed":                                  {whole: []string{"/desk/followed", "/ru/desk/followed"}},
		"GET /desk/followed.csv":                              {whole: []string{"/desk/followed.csv"}},
		"GET /desk/followed.xlsx":                             {whole: []string{"/desk/followed.xlsx"}},
		"GET /calendars/{secret}":                             {of: about("/calendars/WORD", "/calendars/ID")},
		"GET /assistance/territory/{id}":                      {whole: []string{"/assistance/territory/KG", "/de/assistance/territory/TJ"}},
		"GET /assistance/portfolio/{id}":                      {whole: []string{"/assistance/portfolio/spmu"}},
		"GET /assistance/overview":                            {whole: []string{"/assistance/overview", "/ru/assistance/overview?group=all"}},
		"GET /assistance/overview.csv":                        {whole: []string{"/assistance/overview.csv?group=all"}},
		"GET /assistance/timeline":                            {whole: []string{"/assistance/timeline", "/de/assistance/timeline?at=2026-Q4&by=project", "/assistance/timeline?state=KG&theme=police-reform"}},
		"GET /assistance/territory/{id}/book.xlsx":            {whole: []string{"/assistance/territory/KG/book.xlsx"}},
		"GET /assistance/portfolio/{id}/book.xlsx":            {whole: []string{"/assistance/portfolio/spmu/book.xlsx"}},
		"GET /assistance/overview.xlsx":                       {whole: []string{"/assistance/overview.xlsx"}},
		"GET /assistance/requests.xlsx":                       {whole: []string{"/assistance/requests.xlsx?state=KG"}},
		"GET /assistance/consents.xlsx":                       {whole: []string{"/assistance/consents.xlsx"}},
		"GET /assistance/projects.csv":                        {whole: []string{"/assistance/projects.csv", "/ru/assistance/projects.csv?stage=running"}},
		"GET /assistance/projects.xlsx":                       {whole: []string{"/assistance/projects.xlsx"}},
		"GET /assistance/activities.csv":                      {whole: []string{"/assistance/activities.csv?from=2026"}},
		"GET /assistance/activities.xlsx":                     {whole: []string{"/assistance/activities.xlsx"}},
		"GET /assistance/evaluations.csv":                     {whole: []string{"/assistance/evaluations.csv?stage=open"}},
		"GET /assistance/evaluations.xlsx":                    {whole: []string{"/assistance/evaluations.xlsx"}},
		"GET /assistance/recommendations.csv":                 {whole: []string{"/assistance/recommendations.csv"}},
		"GET /assistance/recommendations.xlsx":                {whole: []string{"/assistance/recommendations.xlsx?kind=final"}},
		"GET /assistance/lessons.csv":                         {whole: []string{"/assistance/lessons.csv?theme=cybercrime"}},
		"GET /assistance/lessons.xlsx":                        {whole: []string{"/assistance/lessons.xlsx"}},
		"GET /assistance/projects/{id}/money.xlsx":            {of: about("/assistance/projects/ID/money.xlsx")},
		"GET /assistance/requests":                            {whole: []string{"/assistance/requests", "/de/assistance/requests?stage=waiting&theme=cybercrime"}},
		"GET /assistance/requests.csv":                        {whole: []string{"/assistance/requests.csv", "/ru/assistance/requests.csv?stage=waiting"}},
		"GET /assistance/consents.csv":                        {whole: []string{"/assistance/consents.csv", "/de/assistance/consents.csv?state=KG"}},
		"GET /assistance/requests/new":                        {whole: []string{"/assistance/requests/new"}},
		"GET /assistance/requests/{id}":                       {of: about("/assistance/requests/ID")},
		"GET /assistance/requests/{id}/edit":                  {of: about("/assistance/requests/ID/edit")},
		"GET /assistance/consents":                            {whole: []string{"/assistance/consents", "/fr/assistance/consents?state=KG"}},
		"GET /assistance/programmes":                          {whole: []string{"/assistance/programmes", "/ru/assistance/programmes?theme=cybercrime&stage=running"}},
		"GET /assistance/programmes/new":                      {whole: []string{"/assistance/programmes/new"}},
		"GET /assistance/programmes/{id}":                     {of: about("/assistance/programmes/ID")},
		"GET /assistance/programmes/{id}/edit":                {of: about("/assistance/programmes/ID/edit")},
		"GET /assistance/projects/{id}/results":               {of: about("/assistance/projects/ID/results")},
		"GET /assistance/projects/{id}/stakeholders":          {of: about("/assistance/projects/ID/stakeholders")},
		"GET /assistance/projects/{id}/results/new":           {of: about("/assistance/projects/ID/results/new")},
		"GET /assistance/projects/{id}/results/{part}":        {of: about("/assistance/projects/ID/results/ID")},
		"GET /assistance/projects/{id}/indicators/new":        {of: about("/assistance/projects/ID/indicators/new")},
		"GET /assistance/projects/{id}/indicators/{part}":     {of: about("/assistance/projects/ID/indicators/ID")},
		"GET /assistance/projects/{id}/risks/new":             {of: about("/assistance/projects/ID/risks/new")},
		"GET /assistance/projects/{id}/risks/{part}":          {of: about("/assistance/projects/ID/risks/ID")},
		"GET /assistance/projects/{id}/stakeholders/new":      {of: about("/assistance/projects/ID/stakeholders/new")},
		"GET /assistance/projects/{id}/stakeholders/{part}":   {of: about("/assistance/projects/ID/stakeholders/ID")},
		"GET /assistance/projects/{id}/consultations/new":     {of: about("/assistance/projects/ID/consultations/new")},
		"GET /assistance/projects/{id}/consultations/{part}":  {of: about("/assistance/projects/ID/consultations/ID")},
		"GET /assistance/consents/new":                        {of: about("/assistance/consents/new?request=ID"), whole: []string{"/assistance/consents/new"}},
		"GET /assistance/consents/{id}":                       {of: about("/assistance/consents/ID")},
		"GET /assistance/assessments":                         {whole: []string{"/assistance/assessments", "/de/assistance/assessments?stage=draft&theme=cybercrime&state=KG"}},
		"GET /assistance/assessments/new":                     {of: about("/assistance/assessments/new?request=ID")},
		"GET /assistance/assessments/{id}":                    {of: about("/assistance/assessments/ID")},
		"GET /assistance/assessments/{id}/edit":               {of: about("/assistance/assessments/ID/edit")},
		"GET /assistance/assessments/{id}/findings/{finding}": {of: about("/assistance/assessments/ID/findings/new", "/assistance/assessments/ID/findings/ID")},
		"GET /assistance/assessments/{id}/findings/{finding}/recommendations/{recommendation}": {of: about("/assistance/assessments/ID/findings/ID/recommendations/new")},
		"GET /assistance/context":                              {whole: []string{"/assistance/context", "/fr/assistance/context?stage=due&state=KG"}},
		"GET /assistance/context/new":                          {whole: []string{"/assistance/context/new"}},
		"GET /assistance/context/{id}":                         {of: about("/assistance/context/ID")},
		"GET /assistance/context/{id}/edit":                    {of: about("/assistance/context/ID/edit")},
		"GET /assistance/context/{id}/factors/{factor}":        {of: about("/assistance/context/ID/factors/new", "/assistance/context/ID/factors/ID")},
		"GET /assistance/projects":                             {whole: []string{"/assistance/projects", "/de/assistance/projects?stage=active&state=KG&theme=cybercrime&organiser=spmu"}},
		"GET /assistance/projects/new":                         {of: about("/assistance/projects/new?request=ID", "/assistance/projects/new?model=ID"), whole: []string{"/assistance/projects/new"}},
		"GET /assistance/projects/{id}":                        {of: about("/assistance/projects/ID")},
		"GET /assistance/projects/{id}/edit":                   {of: about("/assistance/projects/ID/edit")},
		"GET /assistance/projects/{id}/gates":                  {of: about("/assistance/projects/ID/gates")},
		"GET /assistance/projects/{id}/principles":             {of: about("/assistance/projects/ID/principles")},
		"GET /assistance/activities":                           {whole: []string{"/assistance/activities", "/ru/assistance/activities?stage=held&kind=training&state=KG&theme=cybercrime&organiser=spmu&from=2026&to=7.2027", "/assistance/activities?project=1"}},
		"GET /assistance/activities/{id}":                      {of: about("/assistance/activities/ID")},
		"GET /assistance/imports":                              {whole: []string{"/assistance/imports", "/ru/assistance/imports"}},
		"GET /assistance/imports/{id}":                         {of: about("/assistance/imports/ID")},
		"GET /assistance/imports/template.xlsx":                {none: "an empty form"},
		"GET /assistance/imports/template.csv":                 {whole: []string{"/de/assistance/imports/template.csv"}},
		"GET /assistance/projects/{id}/activities/agenda":      {of: about("/assistance/projects/ID/activities/agenda")},
		"GET /assistance/agendas":                              {whole: []string{"/assistance/agendas", "/ru/assistance/agendas"}},
		"GET /assistance/agendas/{id}":                         {of: about("/assistance/agendas/ID")},
		"GET /assistance/agendas/{id}/plan":                    {of: about("/assistance/agendas/ID/plan?project=ID")},
		"GET /assistance/activities/{id}/edit":                 {of: about("/assistance/activities/ID/edit")},
		"GET /assistance/activities/{id}/held":                 {of: about("/assistance/activities/ID/held")},
		"GET /assistance/activities/offline":                   {whole: []string{"/assistance/activities/offline", "/de/assistance/activities/offline?kept=1"}},
		"GET /assistance/activities/worker.js":                 {none: "a script"},
		"GET /assistance/projects/{id}/activities":             {of: about("/assistance/projects/ID/activities")},
		"GET /assistance/projects/{id}/activities/new":         {of: about("/assistance/projects/ID/activities/new?from=2026%2F1")},
		"GET /assistance/projects/{id}/history":                {of: about("/assistance/projects/ID/history")},
		"GET /assistance/projects/{id}/money":                  {of: about("/assistance/projects/ID/money", "/assistance/projects/ID/money?before=3")},
		"GET /assistance/projects/{id}/money.csv":              {of: about("/assistance/projects/ID/money.csv")},
		"GET /assistance/projects/{id}/money/{do}":             {of: about("/assistance/projects/ID/money/plan", "/assistance/projects/ID/money/spend?of=ID")},
		"GET /assistance/rates":                                {whole: []string{"/assistance/rates", "/ru/assistance/rates?after=2026-11-01+USD"}},
		"GET /assistance/evaluations":                          {whole: []string{"/assistance/evaluations", "/de/assistance/evaluations?stage=overdue&kind=final&state=KG"}},
		"GET /assistance/projects/{id}/evaluation":             {of: about("/assistance/projects/ID/evaluation")},
		"GET /assistance/projects/{id}/evaluation/{kind}":      {of: about("/assistance/projects/ID/evaluation/final")},
		"GET /assistance/projects/{id}/evaluation/{kind}/edit": {of: about("/assistance/projects/ID/evaluation/final/edit")},
		"GET /assistance/lessons":                              {whole: []string{"/assistance/lessons", "/ru/assistance/lessons?stage=published&theme=cybercrime&state=KG"}},
		"GET /assistance/lessons/new":                          {of: about("/assistance/lessons/new?project=ID&evaluation=final"), whole: []string{"/assistance/lessons/new"}},
		"GET /assistance/lessons/{id}":                         {of: about("/assistance/lessons/ID")},
		"GET /assistance/lessons/{id}/edit":                    {of: about("/assistance/lessons/ID/edit")},
		"GET /assistance/mandates":                             {whole: []string{"/assistance/mandates", "/ru/assistance/mandates"}},
		"GET /assistance/mandates/new":                         {whole: []string{"/assistance/mandates/new"}},
		"GET /assistance/mandates/{id}/edit":                   {of: about("/assistance/mandates/ID/edit")},
		"/api/v1/":                                             {of: bare(apiOfOne...), whole: apiOfAll},
		"/oai":                                                 {of: bare(oaiOfOne...), whole: oaiOfAll},
		"GET /admin":                                           settings,
		"GET /admin/mail":                                      settings,
		"GET /admin/providers":                                 settings,
		"GET /admin/providers/new":                             settings,
		"GET /admin/providers/{id}":                            settings,
		"GET /admin/retention":                                 settings,
		"GET /admin/hand-over":                                 people,
		"GET /groups/new":                                      people,
		"GET /invitations":                                     people,
		"GET /invitations/new":                                 people,
		"GET /invitations/many":                                people,
		"GET /account/address":                                 own,
		"GET /account/address/sent":                            own,
		"GET /address/confirm":                                 own,
		"GET /address/undo":                                    own,
		"GET /sessions/end":                                    own,
		"GET /account/details":                                 own,
		"GET /account/identities/connect":                      own,
		"GET /account/security":                                own,
		"GET /account/security/password":                       own,
		"GET /account/security/app":                            own,
		"GET /account/security/passkey":                        own,
		"GET /account/tokens":                                  own,
		"GET /account/searches":                                own,
		"GET /languages":                                       own,
		"GET /account/searches/{id}":                           {of: about("/account/searches/ID")},
		"GET /letters/stop":                                    door,
		"GET /robots.txt":                                      text,
		"GET /sitemap.xml":                                     {whole: []string{"/sitemap.xml"}},
		"GET /sitemap/collections.xml":                         {whole: []string{"/sitemap/collections.xml"}},
		"GET /sitemap/pages.xml":                               {whole: []string{"/sitemap/pages.xml"}},
		"GET /sitemap/documents.xml":                           {of: bare("/sitemap/documents.xml?from=ID"), told: "what comes after it", whole: []string{"/sitemap/documents.xml"}},
		"GET /suggest":                                         {of: about("/suggest?q=WORD", "/suggest?q=WORT", "/suggest?q=SYMBOL"), whole: []string{"/suggest?q=" + common, "/ru/suggest?q=" + common}},
		"GET /library.atom":                                    {of: about("/library.atom?q=WORD", "/library.atom?q=WORT", "/library.atom?q=SYMBOL"), whole: []string{"/library.atom", "/de/library.atom?theme=cybercrime", "/fr/library.atom?q=" + common, "/library.atom?level=closed"}},
		"GET /feeds/{secret}":                                  {of: about("/feeds/WORD", "/feeds/ID")},
		"GET /library/advanced":                                {whole: []string{"/library/advanced", "/ru/library/advanced?q=" + common + "&theme=drugs"}},
		"GET /library/{id}/linkset.json":                       {of: about("/library/ID/linkset.json")},
		"GET /library/{id}/cite.bib":                           {of: about("/library/ID/cite.bib", "/library/ID/cite.bib?lang=ru")},
		"GET /library/{id}/cite.ris":                           {of: about("/library/ID/cite.ris")},
		"GET /library/{id}/cite.json":                          {of: about("/library/ID/cite.json")},
		"GET /library.bib":                                     {of: about("/library.bib?q=WORD"), whole: []string{"/library.bib", "/de/library.bib?q=" + common}},
		"GET /library.ris":                                     {of: about("/library.ris?q=WORD"), whole: []string{"/library.ris?theme=drugs"}},
		"GET /library.json":                                    {of: about("/library.json?q=SYMBOL"), whole: []string{"/library.json?sort=date"}},
		"GET /admin/tokens":                                    people,
		"GET /prove":                                           own,
		"GET /sign-in":                                         door,
		"GET /sign-in/with/{id}/back":                          door,
		"GET /invitation":                                      door,
		"GET /register":                                        door,
		"GET /register/sent":                                   door,
		"GET /register/confirm":                                door,
		"GET /reset":                                           door,
		"GET /reset/sent":                                      door,
		"GET /reset/new":                                       door,
		"GET /help":                                            text,
		"GET /accessibility":                                   text,
		"GET /privacy":                                         text,
		"GET /about":                                           text,
		"GET /.well-known/security.txt":                        text,
	}
}

func bare(paths ...string) func(s secret) []string {
	return func(s secret) (list []string) {
		for _, path := range paths {
			list = append(list, s.fill(path))
		}
		return list
	}
}

// apiOfOne and apiOfAll are the addresses of the API; a test holds them against
// its own description.
var (
	apiOfOne = []string{
		"/api/v1/projects/ID", "/api/v1/projects/ID/needs", "/api/v1/projects/ID/needs?move=close", "/api/v1/projects/ID/results", "/api/v1/projects/ID/money", "/api/v1/projects/ID/evaluations/final",
		"/api/v1/assessments/ID", "/api/v1/lessons/ID", "/api/v1/programmes/ID", "/api/v1/mandates/ID", "/api/v1/lessons?document=ID",
		"/api/v1/requests/ID", "/api/v1/activities/ID", "/api/v1/consents/ID", "/api/v1/documents/ID", "/api/v1/documents/ID/usage", "/api/v1/documents/ID/en/text", "/api/v1/documents/ID/ru/text",
		"/api/v1/search?q=WORD", "/api/v1/search?q=%22WORD%22&group=true", "/api/v1/search?q=WOR&limit=100",
	}
	apiOfAll = []string{
		"/api/v1/search?limit=1000", "/api/v1/search?group=true&q=" + url.QueryEscape(common), "/api/v1/search?level=closed&sort=date",
		"/api/v1/requests", "/api/v1/requests?only=waiting&theme=drugs", "/api/v1/consents?state=KG", "/api/v1/activities", "/api/v1/activities?state=KG&theme=drugs&stage=held&order=created",
		"/api/v1/projects", "/api/v1/projects?state=KG&theme=drugs&stage=active", "/api/v1/assessments", "/api/v1/assessments?state=KG&stage=final", "/api/v1/evaluations", "/api/v1/evaluations?state=KG&before=2999-01-01",
		"/api/v1/lessons", "/api/v1/lessons?theme=drugs", "/api/v1/programmes", "/api/v1/programmes?state=KG", "/api/v1/mandates", "/api/v1/mandates?structure=spmu",
		"/api/v1/directory", "/api/v1/directory/KG", "/api/v1/framework", "/api/v1/framework/editions/1049", "/api/v1/themes",
	}
)

// oaiOfOne and oaiOfAll are what harvesters ask.
var (
	oaiOfOne = []string{
		"/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:polis.example:ID", "/oai?verb=GetRecord&metadataPrefix=mods&identifier=oai:polis.example:ID",
		"/oai?verb=ListMetadataFormats&identifier=oai:polis.example:ID",
	}
	oaiOfAll = []string{
		"/oai?verb=ListRecords&metadataPrefix=oai_dc", "/oai?verb=ListRecords&metadataPrefix=mods&set=type:guide", "/oai?verb=ListIdentifiers&metadataPrefix=oai_dc&set=theme:cybercrime",
		"/oai?verb=Identify", "/oai?verb=ListSets",
	}
)
