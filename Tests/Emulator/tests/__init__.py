# This source file is part of lamassu-cloud.
# SPDX-License-Identifier: Apache-2.0

"""The tests of the emulator. boto3 is the client: it was written by others, against the real AWS."""
