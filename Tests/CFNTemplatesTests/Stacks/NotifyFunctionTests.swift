// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONCoding
import Testing

@Suite struct NotifyFunctionTests {
    private static func apiCall(_ name: String, _ certificateID: String) -> JSONValue {
        [
            "id": "6f87d04b-9f5e-4ba0-9b2f-0c1f6b1a7a31", "detail-type": "AWS API Call via CloudTrail", "source": "aws.iot",
            "detail": [
                "eventSource": "iot.amazonaws.com", "eventName": .string(name),
                "requestParameters": ["certificateId": .string(certificateID), "newStatus": "INACTIVE"],
            ],
        ]
    }

    private static func invocation(_ type: String, _ certificateID: String) -> JSONValue {
        [
            "type": .string(type), "id": "fdf5ccb2-6cfe85d8", "source": "source://lamassu.io/ctx/source/service/ca",
            "certificateId": .string(certificateID), "serialNumber": "01", "status": "ACTIVE",
        ]
    }

    @Test(arguments: [
        (apiCall("UpdateCertificate", "a1b2"), "cert/a1b2", "certificate"), (apiCall("UpdateCACertificate", "c3d4"), "cacert/c3d4", "ca"),
        (invocation("certificate.status.update", "a1b2"), "cert/a1b2", "certificate"),
        (invocation("ca.status.update", "c3d4"), "cacert/c3d4", "ca"),
    ])
    func `a change is told with the status that AWS has now`(event: JSONValue, subject: String, kind: String) throws {
        let outcome = try NotifyFunction(known: subject).call(event)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let message = try #require(outcome.message)
        #expect(message["specversion"] == "1.0")
        #expect(message["type"] == .string("iotcore.\(kind).status.update"))
        #expect(message["source"] == "arn:aws-cn:iot:cn-north-1:123456789012")
        #expect(message["subject"] == .string(subject))
        #expect(message["datacontenttype"] == "application/json")
        let id = try #require(subject.split(separator: "/").last)
        #expect(
            message["data"] == [
                "certificate_id": .string(String(id)), "serial_number": "01", "status": "REVOKED", "caused_by": try #require(event["id"]),
            ])
        #expect(try Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(#require(message["time"]?.stringValue)) < Date())
        #expect(UUID(uuidString: try #require(message["id"]?.stringValue)) != nil)
    }

    @Test(arguments: [
        ("one", "01"), ("leading-zero-digit", "0a1b"), ("high-bit", "f0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3"),
        ("version-1", "1afb274a7ebfa63b"),
    ])
    func `the serial number is told as Lamassu writes it`(certificate: String, serialNumber: String) throws {
        let outcome = try NotifyFunction(certificate: certificate).call(Self.apiCall("UpdateCertificate", "a1b2"))
        #expect(outcome.message?["data"]?["serial_number"] == .string(serialNumber), "\(outcome.errors)")
    }

    @Test(
        arguments: [
            (apiCall("UpdateCertificate", "unknown"), "ResourceNotFoundException"),
            (apiCall("UpdateThing", "a1b2"), "no change of a status: UpdateThing"),
            (invocation("device.delete", "a1b2"), "no change of a status: device.delete"), ([:], "KeyError"),
            (["detail": ["eventName": "UpdateCertificate", "requestParameters": nil]], "TypeError"),
        ] as [(JSONValue, String)])
    func `what cannot be told is raised`(event: JSONValue, error: String) throws {
        let outcome = try NotifyFunction().call(event)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains(error), "\(outcome.errors)")
        #expect(outcome.message == nil)
    }

    @Test func `a queue that refuses is raised, so that the caller tries again`() throws {
        let outcome = try NotifyFunction(queueURL: "https://sqs.example/gone").call(Self.apiCall("UpdateCertificate", "a1b2"))
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("NonExistentQueue"))
    }

    @Test func `the function stays small enough to be read, and for what takes 4 KiB of inline code`() throws {
        #expect(try NotifyFunction.source().utf8.count <= 4_096)
    }
}
