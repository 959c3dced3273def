using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using static OrderToCash.Credit.Tests.CreditBed;

namespace OrderToCash.Credit.Tests.Integration;

/// <summary>What is told of a customer's conduct comes again, late, or in another order.</summary>
public sealed partial class Behaving
{
    private const string Strict = "BH05";

    /// <summary>Everything comes once more after a restore, and the inbox has forgotten what is long ago.</summary>
    [Fact]
    public async Task a_bounce_that_is_told_again_or_happened_long_ago_is_kept_and_holds_nothing()
    {
        await HoldForConductAsync();
        var customer = await bed.CustomerAsync(limit: 1_000, entity: Strict);
        var bounced = Bounced(NewId(), customer);
        var open = Issued(customer, NewId(), 100).Items[0] with { DueDate = Now.AddDays(10) };
        var paid = new PaymentApplied(
            open.InvoiceId, NewId(), bounced.ReceiptId, open.Amount, Now, Now,
            open with { Balance = open.Amount with { Amount = 0 } });
        var back = new PaymentReversed(
            open.InvoiceId, paid.AllocationId, bounced.ReceiptId, open.Amount, Now, open);
        await TellAsync(paid, back, bounced);
        await HoldsBecomeAsync(customer, "returned-payment");
        var hold = (await bed.AccountAsync(customer)).GetProperty("placedHolds")[0].Text("holdId");
        await (await bed.Client.PostAsJsonAsync(
            $"/v1/credit/accounts/{customer}/holds/{hold}/release", new { reason = "a slip of the bank" }))
            .ShouldBeAsync(HttpStatusCode.OK);

        await TellAsync(paid, back, bounced);
        await HoldsBecomeAsync(customer);
        var history = await bed.Client.GetFromJsonAsync<JsonElement>($"/v1/credit/accounts/{customer}/history");
        history.GetProperty("items").EnumerateArray().Count(e => e.Text("type") == "payment-taken-back").ShouldBe(1);
        (await BehaviourAsync(customer)).GetProperty("returnedPayments").GetInt32().ShouldBe(1);

        await HeardAsync(await bed.PublishAsync(
            Bounced(NewId(), customer), version: 2, happened: TimeProvider.System.GetUtcNow().AddDays(-8)));
        await HoldsBecomeAsync(customer);
        (await BehaviourAsync(customer)).GetProperty("returnedPayments").GetInt32().ShouldBe(2);
    }

    /// <summary>A receipt and what it pays are told by two services, on two queues.</summary>
    [Fact]
    public async Task a_bounced_payment_that_is_made_good_holds_nothing_in_whichever_order_all_of_it_is_told()
    {
        await HoldForConductAsync();
        var orders = Enumerable.Range(0, 256)
            .Select(code => new[] { code & 3, (code >> 2) & 3, (code >> 4) & 3, code >> 6 })
            .Where(order => order.Distinct().Count() == 4).ToList();
        var stories = orders.ConvertAll(_ => (Customer: NewId(), Invoice: NewId(), Receipt: NewId(), Paid: NewId()));
        await AllAsync(at => bed.PublishAsync(Registered(stories[at].Customer, Strict)));

        foreach (var step in Enumerable.Range(0, 4))
            await AllAsync(at => TellOneAsync(at, orders[at][step]));

        foreach (var (customer, _, _, _) in stories)
            await HoldsBecomeAsync(customer);

        async Task AllAsync(Func<int, Task<Guid>> tellAsync)
        {
            var told = new List<Guid>();
            foreach (var at in Enumerable.Range(0, stories.Count))
                told.Add(await tellAsync(at));
            await HeardAsync([.. told]);
        }

        Task<Guid> TellOneAsync(int at, int which)
        {
            var (customer, invoice, receipt, payment) = stories[at];
            var open = Issued(customer, invoice, 100).Items[0] with { DueDate = Now.AddDays(10) };
            var paid = open with { Balance = open.Amount with { Amount = 0 } };
            return which switch
            {
                0 => bed.PublishAsync(
                    new PaymentApplied(invoice, payment, receipt, open.Amount, Now, Now, paid), version: 2),
                1 => bed.PublishAsync(
                    new PaymentReversed(invoice, payment, receipt, open.Amount, Now, open), version: 3),
                2 => bed.PublishAsync(
                    new PaymentApplied(invoice, NewId(), NewId(), open.Amount, Now, Now, paid), version: 4),
                _ => bed.PublishAsync(Bounced(receipt, customer), version: 2),
            };
        }
    }

    /// <summary>
    /// Its one item is paid again in both stories: with other money before the bounce, which the bank had booked before
    /// that, or while what it had paid of a second item is not heard of yet.
    /// </summary>
    [Fact]
    public async Task a_bounced_payment_holds_until_all_that_it_had_paid_is_made_good_and_if_that_was_nothing_longer()
    {
        await HoldForConductAsync();
        var moved = await bed.CustomerAsync(limit: 1_000, entity: Strict);
        var spread = await bed.CustomerAsync(limit: 1_000, entity: Strict);
        var receipt = NewId();
        await PayAgainAsync(moved, NewId());
        await TellAsync(Bounced(receipt, moved) with { PostingDate = Now.AddDays(-1), Balance = Balance(moved, 100) });
        await HoldsBecomeAsync(moved, "returned-payment");
        await TouchAsync(moved);
        (await bed.AccountAsync(moved)).Codes("placedHolds").ShouldBe(["returned-payment"], "nobody has let it go");

        receipt = NewId();
        await PayAgainAsync(spread, NewId());
        await TellAsync(Bounced(receipt, spread) with
        {
            Balance = Balance(spread, 0) with { Applied = new MoneyAmount(200, "USD") },
        });
        await HoldsBecomeAsync(spread, "returned-payment");
        await TouchAsync(spread);
        (await bed.AccountAsync(spread)).Codes("placedHolds").ShouldBe(["returned-payment"], "not all is heard of");
        await PayAgainAsync(spread, NewId());
        await HoldsBecomeAsync(spread);

        async Task PayAgainAsync(Guid customer, Guid of)
        {
            var allocation = NewId();
            var open = Issued(customer, of, 100).Items[0] with { DueDate = Now.AddDays(10) };
            var paid = open with { Balance = open.Amount with { Amount = 0 } };
            await TellAsync(
                new PaymentApplied(of, allocation, receipt, open.Amount, Now, Now, paid),
                new PaymentReversed(of, allocation, receipt, open.Amount, Now, open));
            await HeardAsync(await bed.PublishAsync(
                new PaymentApplied(of, NewId(), NewId(), open.Amount, Now, Now, paid), version: 4));
        }
    }

    /// <summary>What the receipt pays is read after the account: a second item is taken back in between.</summary>
    [Fact]
    public async Task a_bounced_payment_holds_though_what_it_had_paid_is_taken_back_while_that_is_decided()
    {
        await HoldForConductAsync();
        var customer = await bed.CustomerAsync(limit: 1_000, entity: Strict);
        var (receipt, first, second, allocation) = (NewId(), NewId(), NewId(), NewId());
        var half = new MoneyAmount(50, "USD");
        var open = Issued(customer, first, 50).Items[0] with { DueDate = Now.AddDays(10) };
        var paid = open with { Balance = half with { Amount = 0 } };
        await TellAsync(
            new PaymentApplied(first, allocation, receipt, half, Now, Now, paid),
            new PaymentApplied(second, NewId(), receipt, half, Now, Now, paid with { InvoiceId = second }));
        await TellAsync(new PaymentReversed(first, allocation, receipt, half, Now, open));
        await HeardAsync(
            await bed.PublishAsync(new PaymentApplied(first, NewId(), NewId(), half, Now, Now, paid), version: 4),
            await bed.PublishAsync(Receipt(receipt, customer, 0), version: 3));

        await using var connection = await bed.Database.OpenConnectionAsync();
        await using var other = await connection.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand(
            "lock table credit_payments in access exclusive mode", connection, other))
        {
            await hold.ExecuteNonQueryAsync();
        }

        var bounced = await bed.PublishAsync(Bounced(receipt, customer), version: 2);
        await Eventually.BecomesTrue(IsWaitedForAsync, "it waits for what the receipt pays");
        await bed.App.Store.DecideAsync(
            CreditAccountStream.Type, customer, new EventMetadata(CreditService.Name),
            account => ExposureDecider.TakeBack(
                account,
                new ReportedReceivable(
                    second, 1, "INV-2", null, Some.Usd(50), Some.Usd(50), 3, Now.AddDays(10), On: Now),
                receipt, Now));
        await using (var reverse = new NpgsqlCommand(
            "update credit_payments set is_reversed = true where receipt_id = $1", connection, other))
        {
            reverse.Parameters.AddWithValue(receipt);
            await reverse.ExecuteNonQueryAsync();
        }

        await other.CommitAsync();

        await HeardAsync(bounced);
        await HoldsBecomeAsync(customer, "returned-payment");

        async Task<bool> IsWaitedForAsync()
        {
            await using var find = bed.Database.CreateCommand(
                "select exists (select 1 from pg_locks where relation = 'credit_payments'::regclass and not granted)");
            return (bool)(await find.ExecuteScalarAsync())!;
        }
    }

    /// <summary>By the policy of the legal entity that the messages name.</summary>
    [Fact]
    public async Task what_holds_an_account_does_so_though_it_is_told_before_the_customer()
    {
        await HoldForConductAsync();
        var customer = NewId();
        await TellAsync(
            Bounced(NewId(), customer) with { LegalEntity = Strict },
            new PlanBreached(Plan(customer) with { LegalEntity = Strict }, Missed: 1),
            new OverdueStateChanged(
                customer, Strict, null, "blocked", BlocksChanges: true, 1, [new MoneyAmount(100, "USD")], 31));

        await bed.PublishAsync(Registered(customer, Strict));

        await Eventually.BecomesTrue(
            async () => (await bed.Client.GetAsync($"/v1/credit/accounts/{customer}")).IsSuccessStatusCode,
            "the account opens");
        await HoldsBecomeAsync(customer, "breached-plan", "overdue-state", "returned-payment");
    }

    private Task HeardAsync(params Guid[] messages) => Eventually.BecomesTrue(
        async () =>
        {
            await using var find = bed.Database.CreateCommand(
                "select count(distinct message_id) from otc_inbox where message_id = any($1) " +
                "and consumer <> 'credit-company-numbers'");
            find.Parameters.AddWithValue(messages);
            return (long)(await find.ExecuteScalarAsync())! == messages.Length;
        },
        "they are heard");

    private async Task HoldForConductAsync()
    {
        await bed.EntityAsync(Strict);
        await bed.PolicyAsync(Strict, policy => policy with
        {
            Holds = policy.Holds with { OnReturnedPayment = true, OnBlockedChanges = true },
        });
    }
}
