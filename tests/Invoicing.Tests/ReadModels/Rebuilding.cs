using Dapper;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.ReadModels;

[Collection("Read models")]
public class Rebuilding(InvoicingApp app)
{
    [Fact]
    public async Task Gives_the_tables_that_were_kept_with_each_append()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var paid = (await app.Client.IssueAsync(customer, 100)).Id;
        var gone = (await app.Client.IssueAsync(customer, 50)).Id;
        await app.Client.PostAsync($"/v1/invoices/{gone}/void", new { reason = "duplicate" });
        foreach (var (allocation, amount) in new[] { (Some.NewId(), 30m), (Some.NewId(), 70m) })
        {
            await app.Bus.PublishAsync(Messages.Requested(allocation, paid, amount));
            await Eventually.BecomesTrue(
                () => app.Bus.Heard<PaymentApplied>(allocation).Count == 1, "the payment is applied");
            if (amount == 30m)
                await app.Bus.PublishAsync(Messages.ReversalRequested(allocation, paid, amount));
        }

        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentReversed>(paid).Count == 1, "one payment is reversed");
        await AdjustAsync(customer);
        await ChangeAsync(entity, customer);
        (string Table, string Filter)[] tables =
        [
            ("legal_entities", "code = @entity"), ("customers", "legal_entity = @entity"),
            ("customer_versions", "customer_id in (select customer_id from customers where legal_entity = @entity)"),
            ("invoices", "legal_entity = @entity"), ("credit_memos", "legal_entity = @entity"),
            ("open_items", "legal_entity = @entity"), ("subledger_entries", "legal_entity = @entity"),
            ("journal_entries", "legal_entity = @entity"),
            ("journal_lines", "entry_id in (select entry_id from journal_entries where legal_entity = @entity)"),
        ];
        var before = await ReadAsync();

        foreach (var projection in app.Services.GetRequiredService<IReadOnlyList<Projection>>())
            await app.Services.GetRequiredService<ProjectionRebuild>().RunAsync(projection.Name);

        (await ReadAsync()).ShouldBe(before);
        before.ShouldAllBe(rows => rows.Length > 2);

        async Task<List<string>> ReadAsync()
        {
            await using var connection = await app.Database.Source.OpenConnectionAsync();
            var all = new List<string>();
            foreach (var (table, filter) in tables)
            {
                all.Add(await connection.ExecuteScalarAsync<string>(
                    $"select coalesce(jsonb_agg(to_jsonb(t) order by to_jsonb(t)), '[]')::text " +
                    $"from {table} t where {filter}",
                    new { entity }) ?? "");
            }

            return all;
        }
    }

    /// <summary>Rows of the version before have no balances; a schema file gives them those of their events.</summary>
    [Fact]
    public async Task Balances_after_each_movement_are_filled_from_the_events()
    {
        var entity = await app.EntityAsync();
        await app.Client.RateAsync(entity, "EUR", 1.10m, TestApi.Today);
        foreach (var currency in new[] { "USD", "EUR" })
        {
            var customer = await app.Client.RegisterAsync(entity, currency: currency);
            var gone = (await app.Client.IssueAsync(customer, 50)).Id;
            await app.Client.PostAsync($"/v1/invoices/{gone}/void", new { reason = "duplicate" });
            await AdjustAsync(customer);
        }

        var before = await BalancesAsync();
        before.ShouldContain("\"base_balance\": 110");
        await using var connection = await app.Database.Source.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "update subledger_entries set version = null, balance = null, base_balance = null " +
            "where legal_entity = @entity", new { entity });

        await connection.ExecuteAsync(await SchemaFileAsync("0036_balances_after_filled.sql"));

        (await BalancesAsync()).ShouldBe(before);

        async Task<string> BalancesAsync()
        {
            await using var reading = await app.Database.Source.OpenConnectionAsync();
            return await reading.ExecuteScalarAsync<string>(
                "select jsonb_agg(to_jsonb(t) order by to_jsonb(t))::text from subledger_entries t " +
                "where legal_entity = @entity", new { entity }) ?? "";
        }
    }

    /// <summary>An older version notes an agreement and leaves the way of billing in the row as it was.</summary>
    [Fact]
    public async Task The_way_of_billing_that_an_older_version_left_is_that_of_the_last_agreement_again()
    {
        var entity = await app.EntityAsync();
        var (agreed, other) = (await app.Client.RegisterAsync(entity), await app.Client.RegisterAsync(entity, "Other"));
        await app.Bus.PublishAsync(
            new Contracts.Credit.V1.CustomerTermsAgreed(agreed, Some.NewId(), "NET 75", "each quarter", ""));
        await Eventually.Passes(async () => (await BillingAsync(agreed)).ShouldBe("each quarter"));
        await using var connection = await app.Database.Source.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "update customers set agreed_billing = 'each month' where customer_id = @agreed", new { agreed });

        await connection.ExecuteAsync(await SchemaFileAsync("0053_agreed_billing_filled_again.sql"));

        (await BillingAsync(agreed), await BillingAsync(other)).ShouldBe(("each quarter", null));

        async Task<string?> BillingAsync(Guid customer) =>
            (await app.Client.ReadAsync($"/v1/customers?legalEntity={entity}"))["items"].EnumerateArray()
                .Single(one => one.GetProperty("id").GetGuid() == customer).GetProperty("agreedBilling").GetString();
    }

    private static async Task<string> SchemaFileAsync(string named)
    {
        var assembly = typeof(InvoicingService).Assembly;
        await using var file = assembly.GetManifestResourceStream(
            assembly.GetManifestResourceNames().Single(name => name.EndsWith(named, StringComparison.Ordinal)))!;
        using var sql = new StreamReader(file);
        return await sql.ReadToEndAsync();
    }

    private async Task ChangeAsync(string entity, Guid customer)
    {
        var twin = await app.Client.RegisterAsync(entity, "Twin");
        await app.Client.PutAsync($"/v1/customers/{customer}", new
        {
            name = "Changed",
            country = "CA",
            terms = "EOM",
            clauses = new { interestPercent = "9" },
        });
        await app.Client.PostAsync($"/v1/customers/{customer}/suspend", new { reason = "x" });
        (await app.Client.PostAsync($"/v1/customers/{twin}/merge", new { survivorId = customer, reason = "x" }))
            .ShouldBe(System.Net.HttpStatusCode.OK);
    }

    private async Task AdjustAsync(Guid owner)
    {
        var open = (await app.Client.IssueAsync(owner, 100)).Id;
        object line = new { description = "Wrong price", quantity = "1", unitPrice = "30" };
        var memo = new { customerId = owner, invoiceId = open, reason = "price", lines = new[] { line } };
        var due = new { installment = 1, dueDate = TestApi.Today.AddDays(90) };
        await app.Client.PostAsync("/v1/credit-memos", memo);
        await app.Client.PostAsync($"/v1/invoices/{open}/write-offs", new { reason = "x", amount = "20" });
        await app.Client.PostAsync($"/v1/invoices/{open}/recoveries", new { reason = "x", amount = "5" });
        await app.Client.PutAsync(
            $"/v1/invoices/{open}/installments/1/dispute", new { reason = "x", amount = "7" });
        (await app.Client.PostAsync($"/v1/invoices/{open}/reschedule", new
        {
            reason = "x",
            source = "terms-change",
            reference = "1",
            installments = new[] { due },
        })).ShouldBe(System.Net.HttpStatusCode.OK)["balance"].GetProperty("amount").GetString().ShouldBe("55.00");
    }
}
