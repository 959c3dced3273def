using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Customers;

/// <summary>Why a customer may be refused.</summary>
public static class CustomerRefusals
{
    public static Refusal Invalid(string field, string detail) => new("invalid-customer", detail, Field: field);

    public static Refusal Terms(string? terms, string field) => new(
        "unknown-terms",
        $"'{terms}' are no payment terms known here. Known are NET 30, 2/10 NET 30, DUE ON RECEIPT, EOM, EOM + 15, " +
        "2/10 EOM + 30, DAY 15, SPLIT 30/60/90, SPLIT 50%@0 50%@30 and SPLIT 50%@30:2/10 50%@60:2/40, up to 365 days.",
        Field: field);

    public static Refusal UnknownParent(Guid parentId) => new(
        "unknown-parent", $"There is no customer {parentId} that could be the parent.", Field: "/parentId");

    public static Refusal Exists(string externalId, Guid customerId) => Refusal.State(
        "customer-exists", $"The external id {externalId} is customer {customerId} already.");

    public static Refusal NotFound(Guid id) => Refusal.NotFound("customer", id);

    public static Refusal ParentBelow(Guid parentId) => new(
        "parent-below", $"Customer {parentId} is the customer itself or belongs to its group; it cannot be its parent.",
        Field: "/parentId");

    public static Refusal WrongStatus(CustomerSnapshot customer, CustomerStatus wanted) => Refusal.State(
        "wrong-customer-status", $"{customer.Number} is {customer.Status}; it cannot become {wanted}.");

    public static Refusal Merged(CustomerSnapshot customer) => Refusal.State(
        "customer-merged", $"{customer.Number} was merged into customer {customer.MergedInto}.");

    public static Refusal NotMerged(CustomerSnapshot customer) => Refusal.State(
        "customer-not-merged", $"{customer.Number} is merged into no other customer.");

    public static Refusal NoSurvivor(CustomerSnapshot customer) => Refusal.State(
        "no-survivor", $"{customer.Number} is {customer.Status}; nothing can be merged into it.");

    public static Refusal NoReminderFee(Guid id, string currency) => Refusal.State(
        "no-reminder-fee", $"The contract of customer {id} lets no fee in {currency} be charged for a notice.");

    public static Refusal MergeItself(CustomerSnapshot customer) => new(
        "merge-itself", $"{customer.Number} cannot be its own duplicate.", Field: "/survivorId");

    public static Refusal NotAlike(CustomerSnapshot one, CustomerSnapshot other) => new(
        "customers-not-alike",
        $"{one.Number} ({one.LegalEntity}, {one.Currency}) and {other.Number} ({other.LegalEntity}, " +
        $"{other.Currency}) differ in legal entity or currency; they cannot be one account.",
        Field: "/survivorId");

    public static Refusal HasAbsorbed(CustomerSnapshot customer) => Refusal.State(
        "has-absorbed", $"Duplicates were merged into {customer.Number}; merge these into the survivor first.");

    public static Refusal NeedsApproval(string kind) => Refusal.State(
        "approval-required", $"A {kind} needs approval: recommend it at Collections.");

    public static Refusal TermsNeedApproval() => new(
        "approval-required",
        "Other terms or wider cash discounts need approval: ask Credit, or who decides on terms alone.",
        RefusalKind.State, "/terms");
}
