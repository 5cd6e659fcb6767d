// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Reads the one element that matters out of an XML document.

import XMLCoding

let body = Array("<Error><Code>NoSuchStack</Code><Message>There is no such stack</Message></Error>".utf8)
var message = ""

var reader = try XMLReader(body)
while try reader.nextElement() != nil {  // the root, and nothing after it
    while let name = try reader.nextElement() {  // its children
        if name == "Message" { message = try reader.readText() } else { try reader.skip() }
    }
}
print(message)
