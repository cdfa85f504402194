# SPDX-License-Identifier: Apache-2.0
"""Approval of orders above the limit of a company's buyer, by an approver of the company."""
