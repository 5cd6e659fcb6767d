// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Testing

@Suite struct ReplyCodeTests {
    @Test func `each code has the specification's name and closes what the specification says`() throws {
        for code in try SpecificationTable.load().replyCodes {
            #expect(AMQPReplyCode(rawValue: code.value).description == "\(code.value) \(code.name)")
            #expect(AMQPReplyCode(rawValue: code.value).closesConnection == (code.class == "hard-error"))
        }
    }

    @Test func `the constants are the specification's codes`() throws {
        let constants: [AMQPReplyCode] = [
            .replySuccess, .contentTooLarge, .noRoute, .noConsumers, .connectionForced, .invalidPath, .accessRefused, .notFound,
            .resourceLocked, .preconditionFailed, .frameError, .syntaxError, .commandInvalid, .channelError, .unexpectedFrame,
            .resourceError, .notAllowed, .notImplemented, .internalError,
        ]
        #expect(constants.map(\.rawValue) == (try SpecificationTable.load().replyCodes.map(\.value)))
    }

    @Test func `a code that is not defined is kept and named by its number`() {
        #expect(AMQPReplyCode(rawValue: 999).description == "999")
        #expect(!AMQPReplyCode(rawValue: 999).closesConnection)
    }

    @Test(arguments: [
        (AMQPWireError.Code.frameTooLarge, AMQPReplyCode.frameError), (.frameEndMissing, .frameError), (.unknownFrameType, .frameError),
        (.malformedFrame, .frameError), (.unknownMethod, .notImplemented), (.unknownFieldType, .syntaxError),
        (.invalidUTF8, .syntaxError), (.nestingTooDeep, .syntaxError),
    ])
    func `an error of the wire says with which code the connection is to be closed`(_ code: AMQPWireError.Code, _ reply: AMQPReplyCode) {
        #expect(AMQPWireError(code, message: "").replyCode == reply)
    }
}
