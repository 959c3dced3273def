using System.Data.Common;
using System.Text.Json;
using Dapper;
using Npgsql;
using NpgsqlTypes;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.CashApplication.Replicas;

/// <summary>The replica of promises and payment plans: what customers agreed to pay, and whether they did.</summary>
public static class Agreements
{
    private const string Upsert =
        "insert into agreements as a (id, kind, legal_entity, customer_id, status, currency, amount, due_on, level, " +
        "steps, items, version) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) " +
        "on conflict (id) do update set status = excluded.status, amount = excluded.amount, " +
        "due_on = excluded.due_on, level = excluded.level, steps = excluded.steps, items = excluded.items, " +
        "version = excluded.version where excluded.version >= a.version";

    /// <summary>The next agreements of a customer that are looked at.</summary>
    private const int MostOfOne = 100;

    private const string InForce =
        "select a.* from unnest(@customers) c (id) cross join lateral (" +
        "select id, kind, customer_id, steps::text, items::text from agreements where customer_id = c.id " +
        "and legal_entity = @legalEntity and status in ('open', 'active') order by due_on, id limit @mostOfOne) a";

    /// <summary>The promise as it is after an event of it; an older one changes nothing.</summary>
    public static NpgsqlBatchCommand Write(long version, Promise promise)
    {
        ArgumentNullException.ThrowIfNull(promise);
        return Write(
            version, promise.PromiseId, "promise", promise.LegalEntity, promise.CustomerId, promise.Status,
            promise.Level, [new AgreedStep(promise.PromisedFor, promise.Amount.ToMoney())],
            [
                .. promise.Items.Select(item => new AgreedItem(
                    item.InvoiceId, item.Installment, item.InvoiceNumber, item.Balance.ToMoney())),
            ]);
    }

    /// <summary>The plan as it is after an event of it; an older one changes nothing.</summary>
    public static NpgsqlBatchCommand Write(long version, PaymentPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return Write(
            version, plan.PlanId, "plan", plan.LegalEntity, plan.CustomerId, plan.Status, 0,
            [.. plan.Installments.Select(step => new AgreedStep(step.DueDate, step.Amount.ToMoney()))],
            [
                .. plan.Items.Select(item => new AgreedItem(
                    item.InvoiceId, item.Installment, item.InvoiceNumber, item.Covered.ToMoney())),
            ]);
    }

    /// <summary>What these customers have agreed to and not done yet.</summary>
    internal static async Task<IReadOnlyList<Agreement>> InForceAsync(
        DbConnection connection, string legalEntity, Guid[] customers, CancellationToken cancellation) =>
    [
        .. (await connection.QueryAsync<(Guid Id, string Kind, Guid CustomerId, string Steps, string Items)>(
            new CommandDefinition(InForce, new { customers, legalEntity, mostOfOne = MostOfOne },
                cancellationToken: cancellation)))
            .Select(row => new Agreement(
                row.Id, row.Kind == "plan" ? AgreementKind.Plan : AgreementKind.Promise, row.CustomerId,
                StepsOf(row.Steps), ItemsOf(row.Items))),
    ];

    internal static IReadOnlyList<AgreedStep> StepsOf(string json) =>
        JsonSerializer.Deserialize<AgreedStep[]>(json, Json.Stored)!;

    internal static IReadOnlyList<AgreedItem> ItemsOf(string json) =>
        JsonSerializer.Deserialize<AgreedItem[]>(json, Json.Stored)!;

    private static NpgsqlBatchCommand Write(
        long version, Guid id, string kind, string legalEntity, Guid customerId, string status, int level,
        AgreedStep[] steps, AgreedItem[] items)
    {
        var amount = Money.Sum(steps.Select(step => step.Amount), steps[0].Amount.Currency);
        var command = new NpgsqlBatchCommand(Upsert);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = kind });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = status });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = amount.Currency.Code });
        command.Parameters.Add(new NpgsqlParameter<decimal> { TypedValue = amount.Amount });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = steps[^1].DueOn });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = level });
        command.Parameters.Add(JsonOf(steps));
        command.Parameters.Add(JsonOf(items));
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = version });
        return command;
    }

    private static NpgsqlParameter<string> JsonOf<T>(T value) => new()
    {
        TypedValue = JsonSerializer.Serialize(value, Json.Stored),
        NpgsqlDbType = NpgsqlDbType.Jsonb,
    };
}
