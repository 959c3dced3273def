using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Customers;

/// <summary>Why a customer may be refused.</summary>
public static class CustomerRefusals
{
    public static Refusal Invalid(string field, string detail) => new("invalid-customer", detail, Field: field);

    public static Refusal Terms(string? terms, string field) => new(
        "unknown-terms",
        $"'{terms}' are no payment terms known here. Known are NET 30, 2/10 NET 30, DUE ON RECEIPT, EOM, EOM + 15, " +
        "DAY 15, SPLIT 30/60/90 and SPLIT 50%@0 50%@30, up to 365 days.",
        Field: field);

    public static Refusal UnknownParent(Guid parentId) => new(
        "unknown-parent", $"There is no customer {parentId} that could be the parent.", Field: "/parentId");

    public static Refusal Exists(string externalId, Guid customerId) => Refusal.State(
        "customer-exists", $"The external id {externalId} is customer {customerId} already.");
}
