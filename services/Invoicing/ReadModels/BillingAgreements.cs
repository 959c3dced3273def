using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using OrderToCash.Invoicing.BillingSchedules;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>Ways of billing that Credit has told of; what was told once stays as it is.</summary>
public static class BillingAgreements
{
    private const string Insert =
        "insert into billing_agreements (agreement_id, customer_id, words, plan, schedule_id) " +
        "values ($1, $2, $3, $4, $5) on conflict (agreement_id) do nothing";

    private const string One =
        "select customer_id, words, plan::text from billing_agreements where agreement_id = $1";

    /// <summary>The row of an agreement.</summary>
    public static NpgsqlBatchCommand Row(BillingAgreement agreement)
    {
        ArgumentNullException.ThrowIfNull(agreement);
        var row = new NpgsqlBatchCommand(Insert);
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = agreement.Id });
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = agreement.CustomerId });
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = agreement.Words });
        row.Parameters.Add(new NpgsqlParameter<string?>
        {
            TypedValue = agreement.Plan is { } plan ? JsonSerializer.Serialize(plan, Json.Wire) : null,
            NpgsqlDbType = NpgsqlDbType.Jsonb,
        });
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = agreement.ScheduleId });
        return row;
    }

    /// <summary>An agreement; null where none of this id was told of.</summary>
    public static async Task<BillingAgreement?> FindAsync(
        NpgsqlDataSource database, Guid id, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var command = database.CreateCommand(One);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new BillingAgreement(id, reader.GetGuid(0), reader.GetString(1), Plan(reader.IsDBNull(2)
                ? null
                : reader.GetString(2)))
            : null;
    }

    /// <summary>A plan as it is kept.</summary>
    public static AgreedPlan? Plan(string? json) =>
        json is null ? null : JsonSerializer.Deserialize<AgreedPlan>(json, Json.Wire);
}
