// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import ServiceGenerator
import Testing

@Suite struct NameTests {
    @Test(arguments: [
        ("certificateId", "certificateID"), ("certificateArn", "certificateARN"), ("certificatePem", "certificatePEM"),
        ("caCertificatePem", "caCertificatePEM"), ("QueueUrl", "queueURL"), ("MD5OfMessageBody", "md5OfMessageBody"),
        ("QueueOwnerAWSAccountId", "queueOwnerAWSAccountID"), ("CodeSha256", "codeSHA256"), ("RoleARN", "roleARN"),
        ("isDefaultVersion", "isDefaultVersion"), ("KMSKeyArn", "kmsKeyARN"), ("s3Bucket", "s3Bucket"), ("thingArns", "thingARNs"),
        ("ACTIVE", "active"), ("CREATE_IN_PROGRESS", "createInProgress"), ("SNI_ONLY", "sniOnly"), ("python3.12", "python3_12"),
        ("iot:Data-ATS", "iotDataATS"), ("1.0", "_1_0"), ("AWS::SQS::Queue", "awsSQSQueue"),
    ])
    func `a property has the words of the model, acronyms in one case`(name: String, property: String) {
        #expect(SwiftName.property(name) == property)
    }

    @Test(arguments: [
        ("GetQueueUrl", "GetQueueURL"), ("ListCACertificates", "ListCACertificates"), ("DescribeCACertificate", "DescribeCACertificate"),
        ("OTAUpdateInfo", "OTAUpdateInfo"), ("HttpAction", "HTTPAction"), ("IotAnalyticsAction", "IoTAnalyticsAction"),
        ("AssumeRoleWithSAML", "AssumeRoleWithSAML"), ("X509Certificate", "X509Certificate"),
    ])
    func `a type begins with a capital letter`(name: String, type: String) {
        #expect(SwiftName.type(name) == type)
    }

    @Test(arguments: [("default", "`default`"), ("protocol", "`protocol`"), ("none", "none")])
    func `a keyword is quoted`(name: String, quoted: String) {
        #expect(SwiftName.quoted(name) == quoted)
    }

    @Test(arguments: [("CACertificateStatus", "CA certificate status"), ("CreateThing", "Create thing"), ("GetQueueUrl", "Get queue URL")])
    func `a summary is the name in words`(name: String, summary: String) {
        #expect(Summary.phrase(name) == summary)
    }
}
