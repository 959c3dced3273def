using OrderToCash.EventSourcing;

namespace OrderToCash.Invoicing.Customers;

/// <summary>The receivables account of a buyer at one legal entity.</summary>
public sealed record Customer
{
    public static readonly Customer Initial = new();

    /// <summary>What was registered; null before that.</summary>
    public CustomerRegistered? Registration { get; init; }

    public static Customer Evolve(Customer customer, object e) => e switch
    {
        CustomerRegistered registered => customer with { Registration = registered },
        _ => customer,
    };
}

public static class CustomerStream
{
    public static readonly StreamType<Customer> Type = new("customer", Customer.Initial, Customer.Evolve);
}
