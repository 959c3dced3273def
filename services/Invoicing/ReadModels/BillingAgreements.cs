using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using OrderToCash.Invoicing.BillingSchedules;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>
/// Ways of billing that Credit has told of; what was told once stays as it is. Of those with one customer the one that
/// was agreed last holds.
/// </summary>
public static class BillingAgreements
{
    /// <summary>The agreement that holds in place of an agreement "a".</summary>
    internal const string SupersededBy =
        "(select b.agreement_id from billing_agreements b where b.customer_id = a.customer_id " +
        "and b.version > a.version order by b.version desc limit 1)";

    private const string Insert =
        "insert into billing_agreements (agreement_id, customer_id, words, plan, schedule_id, version) " +
        "values ($1, $2, $3, $4, $5, $6) on conflict (agreement_id) do update set version = excluded.version " +
        "where billing_agreements.version = 0";

    private const string One =
        $"select customer_id, words, plan::text, version, {SupersededBy} from billing_agreements a " +
        "where agreement_id = $1";

    private const string Schedule = "update billing_agreements set schedule_id = $2 where agreement_id = $1";

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
        row.Parameters.Add(new NpgsqlParameter<long> { TypedValue = agreement.Version });
        return row;
    }

    /// <summary>It is set up by another schedule than the first one.</summary>
    public static NpgsqlBatchCommand SetUpBy(Guid agreementId, Guid scheduleId)
    {
        var row = new NpgsqlBatchCommand(Schedule);
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = agreementId });
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = scheduleId });
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
                : reader.GetString(2)), reader.GetInt64(3), reader.IsDBNull(4) ? null : reader.GetGuid(4))
            : null;
    }

    /// <summary>A plan as it is kept.</summary>
    public static AgreedPlan? Plan(string? json) =>
        json is null ? null : JsonSerializer.Deserialize<AgreedPlan>(json, Json.Wire);
}
