using MassTransit;
using Npgsql;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Messaging;

namespace OrderToCash.Credit.Integration;

/// <summary>
/// Keeps the numbers that Invoicing knows customers by: in the company register, and for the tax office. A queue of its
/// own asks for what was published before there were any here, and no older instance reads it; of what comes from now
/// on <see cref="CustomersConsumer"/> keeps them with the account.
/// </summary>
public sealed class CompanyNumbersConsumer(Inbox inbox) : IConsumer<CustomerRegistered>, IConsumer<CustomerChanged>
{
    private const string Upsert =
        "insert into company_numbers as n (customer_id, registration_number, tax_id, version) " +
        "values ($1, $2, $3, $4) on conflict (customer_id) do update set " +
        "registration_number = excluded.registration_number, tax_id = excluded.tax_id, version = excluded.version " +
        "where excluded.version >= n.version";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CustomerRegistered> context) => KeepAsync(
        context, context.Message.CustomerId, context.Message.RegistrationNumber, context.Message.TaxId);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CustomerChanged> context) => KeepAsync(
        context, context.Message.CustomerId, context.Message.RegistrationNumber, context.Message.TaxId);

    /// <summary>The row of a customer, which is kept without numbers, too: then it is known to have none.</summary>
    internal static NpgsqlBatchCommand Row(Guid customerId, string? registrationNumber, string? taxId, long version)
    {
        var row = new NpgsqlBatchCommand(Upsert);
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        row.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = registrationNumber });
        row.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = taxId });
        row.Parameters.Add(new NpgsqlParameter<long> { TypedValue = version });
        return row;
    }

    private Task KeepAsync(ConsumeContext context, Guid customerId, string? registrationNumber, string? taxId) =>
        inbox.WriteAsync(context, Row(customerId, registrationNumber, taxId, context.StreamVersion()));
}
