// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Publishes messages to a topic, ten in a call.

import CurlTransport
import Logging
import SNSClient

let sns = SNSClient(AWSClient(try AWSConfiguration(), transport: .curl, logger: Logger(label: "aws")))

if let topic = try await sns.send(CreateTopic(name: "lamassu-events")).topicARN {
    try await sns.withPublisher(to: topic) { publisher in
        let attributes = ["type": MessageAttributeValue(string: "ca.create")]
        let published = try await publisher.publish(TopicMessage("{}", attributes: attributes))
        print(published.messageID)
    }
}
