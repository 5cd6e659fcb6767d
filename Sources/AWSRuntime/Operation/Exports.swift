// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// An operation is written with the readers and the writer of these modules and with HTTP's methods, so whoever imports AWSRuntime to
// write one has them; a client target needs no arrow of its own to them.
@_exported public import HTTPTypes
@_exported public import JSONCoding
@_exported public import XMLCoding

@_exported public import struct AWSSigner.AWSTimestamp
