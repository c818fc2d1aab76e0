"""Writes events of every kind, each with one naughty string in one field. Usage: naughty.py blns.json"""
import json
import sys

strings = json.load(open(sys.argv[1]))
number = 0


def event(kind, origin, **data):
    global number
    number += 1
    data.update(unit='daily', origin=origin)
    data.setdefault('subscriber', {'id': '10042', 'name': 'Anna Jensen', 'email': 'anna@example.com', 'email_unique': True})
    print(json.dumps({'specversion': '1.0', 'id': 'n-%d' % number, 'source': '/naughty', 'type': kind, 'data': data}))


def ending(product, **times):
    # Another subscription than the welcomes': those must arrive, too (R36).
    return dict(subscription={'id': 's-2', 'product': product}, requested_at='2025-06-24T10:00:00Z', **times)


for n, s in enumerate(strings):
    event('subscription.created', 'form', subscriptions=[{'id': 's-1', 'product': s, 'starts_at': '2025-07-01T00:00:00Z'}])
    event('subscription.created', 'form', form='confirm', confirmation_url='https://example.com/c',
          subscriber={'id': s, 'name': s, 'email': 'anna@example.com'},
          subscriptions=[{'id': s, 'product': 'Dagbladet', 'campaign': s, 'starts_at': '2025-07-01T00:00:00Z'}])
    event('subscription.created', 'form', subscriber={'id': '1', 'name': 'A', 'email': s},
          subscriptions=[{'id': 's', 'product': 'Dagbladet', 'starts_at': '2025-07-01T00:00:00Z'}])
    event('subscription.stopped', 'self_service', **ending(s, stopped_at='2025-06-24T10:00:00Z'))
    event('subscription.cancelled', 'self_service', **ending(s, ends_at='2025-07-31T22:00:00Z', ends='date'))
    event('card.charged', 'system', charge={'id': s, 'succeeded': True, 'amount': 100, 'currency': 'DKK', 'charged_at': '2025-06-24T10:00:00Z',
                                             'card': {'brand': s, 'last4': '4242'}}, invoice={'number': s, 'period': s})
    event('invoice.issued', 'system', subscriber={'id': '7', 'name': s, 'email': 'anna@example.com'},
          invoice={'number': '%d-%s' % (n, s), 'issued_on': '2025-06-24', 'due_on': '2025-07-08', 'total': 100, 'vat': 20, 'currency': 'DKK',
                   'lines': [{'text': s, 'quantity': 1, 'amount': 100}]}, method='email')
