# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""An emulator of the AWS services that lamassu-cloud talks to, for its tests and its demo.

One process, one port. AWS IoT Core with its data planes, Lambda's invocations, EventBridge's delivery and the checks of signatures,
permissions and parameters are ours, and as strict as AWS documents them. SQS, SNS, STS, CloudFormation and the registry of functions are
moto's behind checks of ours; the rest (IAM, S3, rules) is moto's. What is emulated, what is checked, and how tests steer it, stands in
README.md beside this package.
"""
