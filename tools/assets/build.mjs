// Refreshes what internal/web vendors: the compiled GOV.UK stylesheet and, for
// the tests, axe-core. Run "npm ci && npm run build" here and commit the result.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import * as sass from 'sass'

const web = new URL('../../internal/web/', import.meta.url)
const version = name => JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url))).version

const { css } = sass.compile('govuk.scss', {
  style: 'compressed',
  charset: false,
  loadPaths: ['node_modules'],
  quietDeps: true
})
const banner = `/*! GOV.UK Frontend ${version('govuk-frontend')}, (c) Crown Copyright, MIT licence; compiled by tools/assets */\n`
const sheet = banner + css + '\n'
if (/GDS Transport|crown\b.*url|@font-face|url\(/.test(css)) throw new Error('the sheet still asks for a font or a picture')
writeFileSync(new URL('static/govuk.css', web), sheet)
copyFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), new URL('testdata/axe.min.js', web))
stripLock()

console.log(`govuk.css ${sheet.length} bytes, ${gzipSync(sheet, { level: 9 }).length} compressed`)
console.log(`axe-core ${version('axe-core')}`)

// The lock file keeps versions and checksums, not the address they came from:
// every house has its own registry.
function stripLock () {
  const file = new URL('package-lock.json', import.meta.url)
  const lock = JSON.parse(readFileSync(file))
  for (const entry of Object.values(lock.packages)) delete entry.resolved
  writeFileSync(file, JSON.stringify(lock, null, 2) + '\n')
}
