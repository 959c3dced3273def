using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.Policies;
using OrderToCash.Kernel;
using static OrderToCash.Credit.Tests.CreditBed;

namespace OrderToCash.Credit.Tests.Http;

public sealed class OrdersInTime(CreditBed bed) : IClassFixture<CreditBed>
{
    [Fact]
    public async Task a_payment_that_makes_room_lets_held_orders_go_the_longest_waiting_first()
    {
        var customer = await bed.CustomerAsync(limit: 100);
        var invoice = NewId();
        await bed.PublishAsync(Issued(customer, invoice, 100));
        await bed.ExposureBecomesAsync(customer, 100, 0, 0);
        foreach (var (order, amount) in new[] { ("P-1", 60m), ("P-2", 50m), ("P-3", 40m) })
            (await (await bed.CheckAsync(customer, order, amount)).BodyAsync()).Text("decision").ShouldBe("held");

        await bed.PublishAsync(Paid(customer, invoice, 100, 0), version: 2);

        var first = await bed.OrderBecomesAsync("P-1", "approved");
        first.Amount("reserved").ShouldBe(60);
        await bed.OrderBecomesAsync("P-3", "approved");
        (await bed.OrderBecomesAsync("P-2", "held")).Codes("reasons").ShouldBe(["over-limit"]);
        await bed.ExposureBecomesAsync(customer, 0, 100, 0);
        await (await bed.CancelAsync("P-1")).ShouldBeAsync(HttpStatusCode.OK);
        await bed.OrderBecomesAsync("P-2", "approved");
    }

    /// <summary>CRD-11: the code is kept with the release, and released orders are found by it.</summary>
    [Fact]
    public async Task a_release_says_in_the_policys_codes_why()
    {
        const string entity = "RR01";
        await bed.EntityAsync(entity);
        await bed.PolicyAsync(entity, policy => policy with
        {
            Orders = policy.Orders with { ReleaseReasons = ["payment-on-its-way", "secured"] },
        });
        var customer = await bed.CustomerAsync(limit: 10, entity: entity);
        foreach (var order in new[] { "RR-1", "RR-2" })
            await (await bed.CheckAsync(customer, order, 20)).ShouldBeAsync(HttpStatusCode.Created);

        await (await bed.ReleaseAsync("RR-1"))
            .ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "unknown-release-reason");
        foreach (var (order, reasonCode) in new[] { ("RR-1", "secured"), ("RR-2", "payment-on-its-way") })
        {
            (await (await bed.Client.PostAsJsonAsync(
                $"/v1/credit/order-checks/{order}/release", new { reason = "as agreed", reasonCode }))
                .ShouldBeAsync(HttpStatusCode.OK)).Text("releaseReason").ShouldBe(reasonCode);
        }

        var secured = await bed.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/credit/order-checks?customerId={customer}&releaseReason=secured");
        secured.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().Text("orderId").ShouldBe("RR-1");
    }

    [Fact]
    public async Task an_order_that_fits_goes_however_many_too_large_ones_wait_before_it()
    {
        const int many = 201;
        var customer = await bed.CustomerAsync(limit: 100);
        var invoice = NewId();
        await bed.PublishAsync(Issued(customer, invoice, 100));
        await bed.ExposureBecomesAsync(customer, 100, 0, 0);
        foreach (var chunk in Enumerable.Range(0, many).Chunk(25))
            await Task.WhenAll(chunk.Select(i => bed.CheckAsync(customer, $"L-{i}", 1_000)));
        (await (await bed.CheckAsync(customer, "L-last", 50)).BodyAsync()).Text("decision").ShouldBe("held");

        await bed.PublishAsync(Paid(customer, invoice, 100, 0), version: 2);

        await bed.OrderBecomesAsync("L-last", "approved");
    }

    [Fact]
    public async Task a_higher_limit_and_a_hold_that_is_let_go_let_orders_go()
    {
        var customer = await bed.CustomerAsync(limit: 10);
        var placed = await (await bed.Client.PostAsJsonAsync($"/v1/credit/accounts/{customer}/holds", new
        {
            code = "legal",
            reason = "The lawyers look at it.",
        })).ShouldBeAsync(HttpStatusCode.Created);
        var held = await (await bed.CheckAsync(customer, "Q-1", 20)).ShouldBeAsync(HttpStatusCode.Created);
        held.Codes("reasons").ShouldBe(["legal", "over-limit"], "all reasons come at once");

        await (await bed.SetLimitAsync(customer, 20)).ShouldBeAsync(HttpStatusCode.OK);
        (await bed.AccountAsync(customer)).Codes("placedHolds").ShouldBe(["legal"]);
        (await bed.OrderBecomesAsync("Q-1", "held")).Text("status").ShouldBe("held");
        await (await bed.Client.PostAsJsonAsync(
            $"/v1/credit/accounts/{customer}/holds/{placed.Text("holdId")}/release", new { reason = "All is well." }))
            .ShouldBeAsync(HttpStatusCode.OK);

        await bed.OrderBecomesAsync("Q-1", "approved");
    }

    [Fact]
    public async Task what_is_declined_stays_so_until_it_is_released()
    {
        var customer = await bed.CustomerAsync(limit: 10);
        await (await bed.CheckAsync(customer, "R-1", 20)).ShouldBeAsync(HttpStatusCode.Created);
        var declined = await (await bed.Client.PostAsJsonAsync(
            "/v1/credit/order-checks/R-1/decline", new { reason = "Too risky." })).ShouldBeAsync(HttpStatusCode.OK);
        (declined.Text("decision"), declined.Text("status")).ShouldBe(("declined", "declined"));

        await (await bed.SetLimitAsync(customer, 100)).ShouldBeAsync(HttpStatusCode.OK);
        await (await bed.Client.PostAsync("/v1/credit/order-checks/R-1/recheck", null))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "order-declined");

        (await (await bed.ReleaseAsync("R-1")).ShouldBeAsync(HttpStatusCode.OK)).Text("decision").ShouldBe("approved");
    }

    [Fact]
    public async Task a_decision_can_be_explained_rule_by_rule_and_is_reproduced_after_the_policy_has_changed()
    {
        await bed.EntityAsync("EX01");
        var customer = await bed.CustomerAsync(limit: 100, entity: "EX01");
        await (await bed.CheckAsync(customer, "S-1", 60)).ShouldBeAsync(HttpStatusCode.Created);
        await (await bed.CheckAsync(customer, "S-2", 60)).ShouldBeAsync(HttpStatusCode.Created);
        await bed.PolicyAsync("EX01", policy => policy with
        {
            Orders = policy.Orders with { Rules = [], ReleaseByItself = false },
        });

        var held = await bed.Client.GetFromJsonAsync<JsonElement>("/v1/credit/order-checks/S-2/explanation");

        (held.Text("status"), held.GetProperty("policy").GetInt32(), held.GetProperty("isReproduced").GetBoolean())
            .ShouldBe(("held", 1, true));
        (held.Amount("limit"), held.Amount("counted"), held.Amount("need")).ShouldBe((100m, 60m, 60m));
        held.GetProperty("rules").EnumerateArray().ToLookup(rule => rule.Text("outcome"), rule => rule.Text("code"))
            ["blocks"].ShouldBe(["over-limit"]);
        (await bed.Client.GetFromJsonAsync<JsonElement>("/v1/credit/order-checks/S-1/explanation"))
            .GetProperty("isReproduced").GetBoolean().ShouldBeTrue();
    }

    /// <summary>D-62: seen from outside.</summary>
    [Fact]
    public async Task a_policy_without_rules_lets_waiting_orders_go_and_says_why()
    {
        await bed.EntityAsync("EX02");
        var customer = await bed.CustomerAsync(entity: "EX02");
        await (await bed.CheckAsync(customer, "T-1", 60)).ShouldBeAsync(HttpStatusCode.Created);

        await bed.PolicyAsync("EX02", policy => policy with { Orders = policy.Orders with { Rules = [] } });

        await bed.OrderBecomesAsync("T-1", "approved");
        (await bed.Client.GetFromJsonAsync<JsonElement>("/v1/credit/order-checks/T-1/explanation"))
            .GetProperty("allowsAll").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task the_days_run_gives_back_what_was_not_invoiced_and_doing_it_again_does_nothing()
    {
        await bed.EntityAsync("EX03");
        await bed.PolicyAsync("EX03", policy => policy with
        {
            Orders = policy.Orders with { ReservationDays = 0, ReleaseByItself = false },
        });
        var customer = await bed.CustomerAsync(limit: 100, entity: "EX03");
        await (await bed.CheckAsync(customer, "U-1", 60)).ShouldBeAsync(HttpStatusCode.Created);

        (await RunAsync("EX03")).GetProperty("expired").GetInt32().ShouldBe(0, "its last day is today");
        await using var byHand = await OnlyByHandAsync();
        bed.App.Clock.Advance(TimeSpan.FromDays(1));
        try
        {
            (await RunAsync("EX03")).GetProperty("expired").GetInt32().ShouldBe(1);
            (await RunAsync("EX03")).GetProperty("expired").GetInt32().ShouldBe(0);
        }
        finally
        {
            bed.App.Clock.Advance(TimeSpan.FromDays(-1));
        }

        (await bed.OrderBecomesAsync("U-1", "expired")).Text("decision").ShouldBe("expired");
        await bed.ExposureBecomesAsync(customer, 0, 0, 0);
    }

    /// <summary>Above all the bureau, which is paid, is not asked again because of one customer.</summary>
    [Fact]
    public async Task what_of_a_day_has_failed_is_done_again_without_the_rest()
    {
        const string entity = "EX04";
        await bed.EntityAsync(entity);
        await bed.PolicyAsync(entity, policy => policy with
        {
            Orders = policy.Orders with { ReservationDays = 0, ReleaseByItself = false },
        });
        var customer = await bed.CustomerAsync(limit: 100, entity: entity);
        await (await bed.CheckAsync(customer, "V-1", 60)).ShouldBeAsync(HttpStatusCode.Created);
        var run = bed.App.Services.GetRequiredService<DailyRun>();
        await using var byHand = await OnlyByHandAsync();
        bed.App.Clock.Advance(TimeSpan.FromDays(1));
        try
        {
            var today = bed.App.Clock.GetUtcNow();
            await SqlAsync(
                "create function no_more() returns trigger language plpgsql as " +
                "$$ begin raise exception 'not now'; end $$; " +
                $"create trigger no_more before insert on mt_events for each row when (new.stream_id = '{customer}') " +
                "execute function no_more()");
            await Should.ThrowAsync<AggregateException>(() => FinishAsync());
            await Should.ThrowAsync<AggregateException>(() => FinishAsync());
            (await SqlAsync(
                "select string_agg(step, ' ' order by step) from credit_daily_runs " +
                $"where legal_entity = '{entity}' and day = (select max(day) from credit_daily_runs)"))
                .ShouldBe("bureau figures holds mergers reviews scores");

            await SqlAsync("drop function no_more() cascade");
            (await FinishAsync()).ShouldNotBeNull().Expired.ShouldBe(1);
            (await FinishAsync()).ShouldBeNull();

            // The server ends the session of the run before, and with it the turn, in its own time.
            async Task<DailyRunResult?> FinishAsync()
            {
                await (await TakeAsync($"ordertocash:credit-day:{entity}")).DisposeAsync();
                return await run.FinishAsync(entity, today, default);
            }
        }
        finally
        {
            bed.App.Clock.Advance(TimeSpan.FromDays(-1));
        }
    }

    /// <summary>Takes the turn of the runs that come by themselves.</summary>
    private Task<Turn> OnlyByHandAsync() => TakeAsync("ordertocash:credit-day-break");

    private async Task<Turn> TakeAsync(string name)
    {
        var connection = await bed.Database.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var take = new NpgsqlCommand("select pg_advisory_xact_lock($1)", connection, transaction);
        take.Parameters.Add(new NpgsqlParameter<long> { TypedValue = Ids.LockKey(name) });
        await take.ExecuteNonQueryAsync();
        return new Turn(connection, transaction);
    }

    private sealed record Turn(NpgsqlConnection Connection, NpgsqlTransaction Transaction) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Transaction.DisposeAsync();
            await Connection.DisposeAsync();
        }
    }

    private async Task<object?> SqlAsync(string sql)
    {
        await using var command = bed.Database.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    private async Task<JsonElement> RunAsync(string entity) =>
        await (await bed.Client.PostAsJsonAsync("/v1/credit/daily-runs", new { legalEntity = entity }))
            .ShouldBeAsync(HttpStatusCode.OK);
}
