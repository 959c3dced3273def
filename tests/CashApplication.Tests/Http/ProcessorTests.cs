using Microsoft.Extensions.Options;
using OrderToCash.CashApplication.PendingPayments;
using OrderToCash.CashApplication.Processors;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.CashApplication.UseCases;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.Local.Servers;
using OrderToCash.ServiceDefaults;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>
/// CASH-16: the processor is asked what became of payments that nobody knows of, and of those under way, until it
/// answers.
/// </summary>
public sealed class Payments_that_nobody_knows_of(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    private readonly Later _clock = new();
    private readonly List<(string Part, ProcessorUnavailableException Why)> _failures = [];
    private ProcessorSimulator _processor = null!;
    private ProcessorClient _client = null!;
    private ProcessorQuestions _questions = null!;

    public async ValueTask InitializeAsync()
    {
        await app.IntroducedAsync();
        _processor = await ProcessorSimulator.StartAsync();
        var options = Options.Create(new ProcessorOptions
        {
            Retries = 1,
            LegalEntities = { ["US01"] = new() { Address = _processor.Address.ToString(), Key = "simulator" } },
        });
        _client = new ProcessorClient(options);
        _questions = new ProcessorQuestions(app.Store, _client, options, _clock);
    }

    [Fact]
    public async Task are_asked_for_after_five_minutes_an_hour_and_days_until_there_is_an_answer()
    {
        var id = await TellAsync("ch_slow_1");
        await AskAsync(TimeSpan.FromMinutes(4), expected: 0);
        await AskAsync(TimeSpan.FromMinutes(6), expected: 1);
        await AskAsync(TimeSpan.FromMinutes(60), expected: 1);
        await AskAsync(TimeSpan.FromMinutes(70), expected: 2);
        await AskAsync(TimeSpan.FromHours(24), expected: 2);
        await AskAsync(TimeSpan.FromHours(26), expected: 3);
        await AskAsync(TimeSpan.FromHours(51), expected: 4);
        (await StageAsync(id)).ShouldBe(("pending", "unknown"));

        _processor.Tell("ch_slow_1", ProcessorCase.Succeeded);
        await AskAsync(TimeSpan.FromHours(76), expected: 5);
        (await StageAsync(id)).ShouldBe(("pending", "initiated"));
        await AskAsync(TimeSpan.FromHours(200), expected: 5);
        Failures(id).ShouldBeEmpty();
        (await app.ScalarAsync<long>($"select count(*) from processor_questions where pending_id = '{id}'"))
            .ShouldBe(0);

        async Task AskAsync(TimeSpan later, int expected)
        {
            await AskAfterAsync(later);
            _processor.Asked("ch_slow_1").ShouldBe(expected, $"after {later}");
        }
    }

    /// <summary>What is authorized or under way is asked for after an hour and then daily, until it is taken or fails.
    /// </summary>
    [Theory]
    [InlineData("authorized", "ch_slow_31", "initiated")]
    [InlineData("initiated", "ch_slow_32", "initiated")]
    public async Task are_asked_for_after_an_hour_and_days_where_they_are_pending(
        string stage, string reference, string after)
    {
        var id = await TellAsync(reference, stage: stage);
        await AskAsync(TimeSpan.FromMinutes(59), expected: 0);
        await AskAsync(TimeSpan.FromMinutes(61), expected: 1);
        await AskAsync(TimeSpan.FromHours(24), expected: 1);
        await AskAsync(TimeSpan.FromHours(26), expected: 2);
        (await StageAsync(id)).ShouldBe(("pending", stage));
        _processor.Tell(reference, ProcessorCase.Succeeded);
        await AskAsync(TimeSpan.FromHours(51), expected: 3);
        (await StageAsync(id)).ShouldBe(("pending", after));
        await AskAsync(TimeSpan.FromHours(200), expected: 3);

        async Task AskAsync(TimeSpan later, int expected)
        {
            await AskAfterAsync(later);
            _processor.Asked(reference).ShouldBe(expected, $"after {later}");
        }
    }

    /// <summary>
    /// An older instance does not tell the read model that it was answered: they are asked for no oftener for that.
    /// </summary>
    [Fact]
    public async Task have_their_pauses_where_an_older_instance_has_answered()
    {
        var id = await TellAsync("ch_succeeded_36");
        _processor.Tell("ch_succeeded_36", ProcessorCase.Succeeded);
        await AskAfterAsync(TimeSpan.FromMinutes(6));
        await app.ScalarAsync<Guid>($"update pending_payments set answered = false where id = '{id}' returning id");
        await AskAfterAsync(TimeSpan.FromMinutes(61));
        await AskAfterAsync(TimeSpan.FromMinutes(62));
        await AskAfterAsync(TimeSpan.FromMinutes(70));
        _processor.Asked("ch_succeeded_36").ShouldBe(2);
        (await StageAsync(id)).ShouldBe(("pending", "initiated"));
    }

    [Theory]
    [InlineData("initiated", "ch_failed_33", "failed", 1)]
    [InlineData("authorized", "ch_declined_34", "failed", 1)]
    [InlineData("deposited", "ch_failed_35", "pending", 0)]
    public async Task end_where_the_processor_says_that_what_was_pending_failed(
        string stage, string reference, string status, int asked)
    {
        var id = await TellAsync(reference, stage: stage);
        await AskAfterAsync(TimeSpan.FromMinutes(61));
        (await StageAsync(id)).Status.ShouldBe(status);
        _processor.Asked(reference).ShouldBe(asked);
    }

    [Theory]
    [InlineData("ch_declined_1", "failed", "The processor says: the card was declined")]
    [InlineData("ch_failed_1", "failed", "The processor says: insufficient funds")]
    [InlineData("ch_missing_1", "pending", null)]
    public async Task end_where_it_refused_them_and_go_on_where_it_does_not_know(
        string reference, string status, string? reason)
    {
        var id = await TellAsync(reference);
        await AskAfterAsync(TimeSpan.FromMinutes(6));
        var payment = await app.Client.ReadAsync($"/v1/pending-payments/{id}");
        payment.Text("status").ShouldBe(status);
        (payment.TryGetProperty("reason", out var told) ? told.GetString() : null).ShouldBe(reason);
        Failures(id).ShouldBeEmpty();
    }

    /// <summary>One that is away is told, asked once a round, and asked again after the next pause.</summary>
    [Fact]
    public async Task are_asked_for_again_where_it_does_not_answer()
    {
        var id = await TellAsync("ch_failing_1");
        await AskAfterAsync(TimeSpan.FromMinutes(6));
        Failures(id).ShouldHaveSingleItem().IsAway.ShouldBeTrue();
        _processor.Asked("ch_failing_1").ShouldBe(2, "the failed attempt is repeated once");
        await AskAfterAsync(TimeSpan.FromMinutes(10));
        _processor.Asked("ch_failing_1").ShouldBe(2);
        await AskAfterAsync(TimeSpan.FromMinutes(12));
        _processor.Asked("ch_failing_1").ShouldBe(4, "the outage uses up no pause");
        _processor.Tell("ch_failing_1", ProcessorCase.Succeeded);
        await AskAfterAsync(TimeSpan.FromMinutes(18));
        (await StageAsync(id)).ShouldBe(("pending", "initiated"));

        var garbled = await TellAsync("ch_garbled_1");
        await AskAfterAsync(TimeSpan.FromMinutes(6));
        Failures(garbled).ShouldHaveSingleItem().IsAway.ShouldBeFalse();
    }

    /// <summary>What is not about this payment, all of it, says nothing of it.</summary>
    [Theory]
    [InlineData("ch_unpaid_1", ProcessorCase.Unpaid, "12.34", "USD")]
    [InlineData("ch_other_1", ProcessorCase.Failed, "12.35", "USD")]
    [InlineData("ch_other_2", ProcessorCase.Declined, "12.34", "EUR")]
    [InlineData("ch_other_3", ProcessorCase.Succeeded, "1234", "USD")]
    public async Task stay_unknown_where_the_answer_is_about_another(
        string reference, ProcessorCase answer, string amount, string currency)
    {
        _processor.Tell(reference, answer, amount, currency);
        var id = await TellAsync(reference);
        await AskAfterAsync(TimeSpan.FromMinutes(6));
        Failures(id).ShouldHaveSingleItem().IsAway.ShouldBeFalse();
        (await StageAsync(id)).ShouldBe(("pending", "unknown"));
    }

    /// <summary>What a payment is called is only the legal entity's own.</summary>
    [Fact]
    public async Task are_asked_for_at_the_processor_of_their_legal_entity()
    {
        var other = await TellAsync("ch_declined_9", "CA01");
        await TellAsync("ch_slow_9");
        await AskAfterAsync(TimeSpan.FromMinutes(6));
        (_processor.Asked("ch_declined_9"), _processor.Asked("ch_slow_9")).ShouldBe((0, 1));
        (await StageAsync(other)).ShouldBe(("pending", "unknown"));
    }

    [Fact]
    public void are_answered_once_and_not_after_they_ended()
    {
        var unknown = new PendingPaymentRecorded(
            "US01", "card", PendingStages.Unknown, Money.Of(5m, "USD"), new DateOnly(2026, 11, 2),
            new DateOnly(2026, 11, 2), new DateOnly(2026, 11, 12), new Receipts.Payer(), [], null, null, null, null,
            "ch_1", null, []);
        var succeeded = new ProcessorAnswer(ProcessorState.Succeeded);
        var pending = PendingPayment.Evolve(PendingPayment.Initial, unknown);
        var answered = PendingPaymentDecider.Answer(pending, succeeded);
        answered.Events.ShouldBe([new PendingPaymentAnswered("US01", PendingStages.Initiated)]);
        var after = answered.Events.Aggregate(pending, PendingPayment.Evolve);
        foreach (var answer in new[] { succeeded, new ProcessorAnswer(ProcessorState.Failed, "late") })
            PendingPaymentDecider.Answer(after, answer).Events.ShouldBeEmpty();
        PendingPaymentDecider.Answer(pending, new ProcessorAnswer(ProcessorState.Open)).Events.ShouldBeEmpty();
        var failed = PendingPaymentDecider.Answer(pending, new ProcessorAnswer(ProcessorState.Failed));
        var ended = failed.Events.Aggregate(pending, PendingPayment.Evolve);
        ended.Status.ShouldBe("failed");
        PendingPaymentDecider.Answer(ended, succeeded).Events.ShouldBeEmpty();
    }

    [Fact]
    public void have_a_processor_that_can_be_asked()
    {
        Fails(Named("processor.example", "k"));
        Fails(Named("https://processor.example", ""));
        var named = Named("https://processor.example", "k");
        new ProcessorOptionsValidator().Validate(null, named).Succeeded.ShouldBeTrue();
        named.AskAfter.Add(TimeSpan.FromMinutes(1));
        (named.PauseAfter("unknown", 0), named.PauseAfter("unknown", 7))
            .ShouldBe((TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1)));
        (named.PauseAfter("initiated", 0), named.PauseAfter("authorized", 7))
            .ShouldBe((TimeSpan.FromHours(1), TimeSpan.FromDays(1)));
        named.AskPendingAfter.Add(TimeSpan.FromMinutes(2));
        named.PauseAfter("initiated", 0).ShouldBe(TimeSpan.FromMinutes(2));
        named.AskPendingAfter.Add(TimeSpan.Zero);
        Fails(named);
        named.AskPendingAfter.Clear();
        named.AskAfter.Add(TimeSpan.Zero);
        Fails(named);
        new ProcessorOptionsValidator().Validate(null, new ProcessorOptions()).Succeeded.ShouldBeTrue();

        static ProcessorOptions Named(string address, string key) => new()
        {
            LegalEntities = { ["US01"] = new() { Address = address, Key = key } },
        };

        static void Fails(ProcessorOptions options) =>
            new ProcessorOptionsValidator().Validate(null, options).Failed.ShouldBeTrue();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _processor.DisposeAsync();
    }

    private async Task AskAfterAsync(TimeSpan later)
    {
        _clock.By = later;
        await _questions.AskAsync(
            async (part, run, _) =>
            {
                try
                {
                    await run();
                    return true;
                }
                catch (ProcessorUnavailableException away)
                {
                    _failures.Add((part, away));
                    return false;
                }
            },
            TestContext.Current.CancellationToken);
    }

    private IEnumerable<ProcessorUnavailableException> Failures(Guid id) =>
        _failures.Where(one => one.Part.Contains($"{id}", StringComparison.Ordinal)).Select(one => one.Why);

    private async Task<Guid> TellAsync(string reference, string legalEntity = "US01", string stage = "unknown")
    {
        var told = new
        {
            legalEntity,
            method = "card",
            stage,
            amount = Usd("12.34"),
            expectedOn = TimeProvider.System.Today("America/Chicago"),
            processorReference = reference,
        };
        return (await app.Client.PostAsync("/v1/pending-payments", told)).Id();
    }

    private async Task<(string Status, string Stage)> StageAsync(Guid id)
    {
        var payment = await app.Client.ReadAsync($"/v1/pending-payments/{id}");
        return (payment.Text("status"), payment.Text("stage"));
    }

    /// <summary>The clock of somebody who looks later.</summary>
    private sealed class Later : TimeProvider
    {
        public TimeSpan By { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + By;
    }
}
