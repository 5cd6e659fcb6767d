# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""An emulator of the AWS services that lamassu-cloud talks to, for its tests and its demo.

One process, one port. AWS IoT Core, Lambda's Invoke, EventBridge's delivery and the checks of signatures, permissions and
CloudFormation templates are ours, and as strict as AWS documents them; the rest (SQS, IAM, STS, the registries of functions, rules
and stacks) is moto's. What is emulated, and how tests steer it, stands in README.md beside this package.
"""
