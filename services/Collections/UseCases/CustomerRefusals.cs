using OrderToCash.Kernel;

namespace OrderToCash.Collections.UseCases;

/// <summary>Why something about a customer may be refused.</summary>
public static class CustomerRefusals
{
    public static Refusal Unknown(Guid customerId) => new(
        "unknown-customer", $"There is no customer {customerId} here; Invoicing registers it.", Field: "/customerId");
}
