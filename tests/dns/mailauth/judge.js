// What mailauth makes of the cases of tests/dns/data/dmarc_cases.json, one JSON object a line.
// Usage: node judge.js NODE_MODULES CASES
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const [modules, file] = process.argv.slice(2);
const { dmarc } = require(path.join(modules, 'mailauth', 'lib', 'dmarc'));

// Answers as node:dns does: lists of strings for TXT, an error with a code for every kind of "no".
const resolverOf = ({ zone, exists = [], fail = [] }) => async (name, type) => {
    const error = code => Object.assign(new Error(`${code} ${name}`), { code });
    name = name.toLowerCase();
    if (fail.includes(name)) throw error('ESERVFAIL');
    if (type === 'TXT' && zone[name]) return zone[name].map(text => [text]);
    if (type === 'A' && exists.includes(name)) return ['192.0.2.1'];
    const known = [...Object.keys(zone), ...exists];
    throw error(known.some(each => each === name || each.endsWith('.' + name)) ? 'ENODATA' : 'ENOTFOUND');
};

(async () => {
    for (const one of JSON.parse(fs.readFileSync(file))) {
        const answer = await dmarc({
            headerFrom: ['post@' + one.from],
            dkimDomains: one.dkim ? [{ domain: one.dkim }] : [],
            spfDomains: one.spf ? [{ domain: one.spf }] : [],
            resolver: resolverOf(one),
            strict: true  // names of tags with their case, and none twice (RFC 6376 3.2)
        });
        const result = answer.status.result;
        const certain = result === 'pass' || result === 'fail';
        console.log(JSON.stringify({
            result,
            policy: certain ? answer.policy : '',
            place: answer.policyDomain || '',
            organisation: answer.domain || '',
            dkim: !!(answer.alignment && answer.alignment.dkim.result),
            spf: !!(answer.alignment && answer.alignment.spf.result)
        }));
    }
})().catch(error => {
    console.error(error);
    process.exit(1);
});
