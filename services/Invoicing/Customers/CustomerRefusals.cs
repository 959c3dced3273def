using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Customers;

/// <summary>Why a customer may be refused.</summary>
public static class CustomerRefusals
{
    public static Refusal Invalid(string field, string detail) => new("invalid-customer", detail, Field: field);

    public static Refusal Terms(string? terms, string field) => new(
        "unknown-terms", $"'{terms}' are no payment terms known here; NET 0 to NET 365 are.", Field: field);

    public static Refusal UnknownParent(Guid parentId) => new(
        "unknown-parent", $"There is no customer {parentId} that could be the parent.", Field: "/parentId");

    public static Refusal Exists(string externalId, Guid customerId) => Refusal.State(
        "customer-exists", $"The external id {externalId} is customer {customerId} already.");
}
