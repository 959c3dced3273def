using OrderToCash.Collections.Escalations;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.UseCases;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Rules;

public sealed class DefiningPlaybooks
{
    private static readonly DeciderSpec<Playbook> Spec = new(Playbook.Initial, Playbook.Evolve);

    [Fact]
    public void the_standard_playbook_is_a_good_one()
    {
        Spec.Given().When(playbook => PlaybookDecider.Define(playbook, Some.Standard)).Then(Some.Standard);
        Some.Standard.Steps.Select(step => step.OffsetDays).ShouldBe([-3, 1, 10, 20]);
        Some.Standard.Steps.ShouldAllBe(step => step.Wording.Count == 3);
    }

    [Fact]
    public void saying_the_same_again_is_nothing() =>
        Spec.Given(Some.Standard).When(playbook => PlaybookDecider.Define(playbook, StandardPlaybook.Read()))
            .ThenNothing();

    public static TheoryData<string, PlaybookDefined> Faults => new()
    {
        { "/code", Some.Standard with { Code = "Standard!" } },
        { "/name", Some.Standard with { Name = " " } },
        { "/steps", Some.Standard with { Steps = [] } },
        { "/steps", Some.Standard with { Steps = [.. Some.Standard.Steps.Reverse()] } },
        { "/steps", Some.Standard with { Steps = [.. Some.Standard.Steps.Select(s => s with { Code = "same" })] } },
        { "/tolerances", Some.Standard with { Tolerances = [Some.Usd(1), Some.Usd(2)] } },
        { "/tolerances", Some.Standard with { Tolerances = [Some.Usd(-1)] } },
        { "/steps/0/code", First(step => step with { Code = "" }) },
        { "/steps/0/offsetDays", First(step => step with { OffsetDays = -100 }) },
        { "/steps/0/minimumAmounts", First(step => step with { MinimumAmounts = [Some.Usd(-1)] }) },
        { "/steps/0/wording", First(step => step with { Wording = Words("fr") }) },
        { "/steps/0/wording/de", First(step => step with { Wording = Words("en", "de") }) },
        { "/quietDays", Some.Standard with { QuietDays = 61 } },
        { "/steps", Led(Some.Standard.Steps[0] with { Code = "early", OffsetDays = -9 }) },
        { "/steps/0/channel", First(step => step with { Channel = NoticeChannel.CallTask }) },
        {
            "/steps/0/attachLetter",
            First(step => step with { Channel = NoticeChannel.Letter, AttachLetter = true })
        },
        { "/steps/0/condition", If(new StepCondition(ConditionJoin.All)) },
        { "/steps/0/condition/daysOverdue", If(new StepCondition(ConditionJoin.All, DaysOverdue: 0)) },
        { "/steps/0/condition/percentOfOpen", If(new StepCondition(ConditionJoin.Any, PercentOfOpen: 101)) },
        { "/steps/0/condition/failedPromises", If(new StepCondition(ConditionJoin.Any, FailedPromises: 0)) },
        { "/steps/0/condition/level", If(new StepCondition(ConditionJoin.Any, Level: 0)) },
        { "/steps/0/condition/disputeDays", If(new StepCondition(ConditionJoin.Any, DisputeDays: 366)) },
        { "/steps/0/condition/breachedPlans", If(new StepCondition(ConditionJoin.Any, BreachedPlans: 0)) },
        {
            "/steps/1/condition/daysSinceNotice",
            Some.Standard with { Steps = [Some.Standard.Steps[0], Since(Some.Standard.Steps[1], 366)] }
        },
        {
            "/steps/0/condition/daysSinceNotice",
            Some.Standard with { Steps = [.. Some.Standard.Steps.Select(step => Since(step, 7))] }
        },
        {
            "/steps/1/condition/daysSinceNotice",
            Some.Standard with
            {
                Steps =
                [
                    Some.Standard.Steps[1] with { Channel = NoticeChannel.CallTask },
                    Since(Some.Standard.Steps[2], 7),
                ],
            }
        },
        {
            "/steps/1/condition/daysSinceNotice",
            Some.Standard with
            {
                Stages = PlaybookStages.Staged,
                Steps = [Some.Standard.Steps[0], Since(Some.Standard.Steps[1], 3), .. Some.Standard.Steps.Skip(2)],
            }
        },
        { "/steps/0/escalateTo", First(step => step with { EscalateTo = EscalationTarget.Legal }) },
        {
            "/steps/1/escalateTo",
            Some.Standard with
            {
                Steps =
                [
                    Some.Standard.Steps[0],
                    Some.Standard.Steps[1] with
                    {
                        Channel = NoticeChannel.Escalate,
                        EscalateTo = (EscalationTarget)9,
                    },
                ],
            }
        },
        { "/countFrom", Some.Standard with { CountFrom = (CountedFrom)9 } },
        { "/stages", Some.Standard with { Stages = (PlaybookStages)9 } },
        { "/steps", Led(Some.Standard.Steps[0] with { Code = "early", OffsetDays = -9 }) with
            {
                Scope = PlaybookScope.LeadingOfPurchaseOrder,
            } },
        { "/steps/0/copyTo", First(step => step with { CopyTo = [] }) },
        { "/steps/0/copyTo", First(step => step with { CopyTo = ["cfo", "cfo"] }) },
        { "/steps/0/copyTo", First(step => step with { CopyTo = [" "] }) },
        { "/steps/0/copyTo", First(step => step with { CopyTo = ["cfo"], Channel = NoticeChannel.Letter }) },
        { "/steps/0/copyTo", Message(step => step with { CopyTo = ["cfo"] }) },
        { "/steps/0/attachLetter", Message(step => step with { AttachLetter = true }) },
        { "/steps/0/fees", Message(step => step with { Fees = [Some.Usd(5)] }) },
        { "/steps/0/wording/en", Message(step => step with { Wording = Said(420) }) },
        { "/steps/0/wording/en", Message(step => step with { Wording = Said(380, "{{contact}}") }) },
        { "/steps/0/wording/en", Message(step => step with { Wording = Said(940), Channel = NoticeChannel.Portal }) },
        { "/steps/0/condition/itemAmounts", If(new StepCondition(ConditionJoin.All, ItemAmounts: [])) },
        {
            "/steps/0/condition/totalOverdue",
            If(new StepCondition(ConditionJoin.All, TotalOverdue: [Some.Usd(1), Some.Usd(2)]))
        },
        { "/steps/0/wording/en", First(step => step with { Wording = Words(new Wording("a\nb", "o", "c"), "en") }) },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void what_is_wrong_with_a_playbook_is_named(string field, PlaybookDefined wish) =>
        Spec.Given().When(playbook => PlaybookDecider.Define(playbook, wish)).ThenRefused("invalid-playbook")
            .Field.ShouldBe(field);

    [Theory]
    [InlineData("{{nobody}} owes")]
    [InlineData("{{#each items}}{{this}}{{/each}}")]
    [InlineData("{{{total}}")]
    [InlineData("{ {{total}}")]
    public void a_wording_that_names_what_there_is_not_is_refused(string subject)
    {
        var wish = First(step => step with { Wording = Words(new Wording(subject, "o", "c"), "en") });

        Spec.Given().When(playbook => PlaybookDecider.Define(playbook, wish)).ThenRefused("invalid-playbook")
            .Field.ShouldBe("/steps/0/wording/en");
    }

    /// <summary>Before the due date nothing is overdue, and no notice has a level.</summary>
    [Theory]
    [InlineData("{{level}}", 0, "/steps/0/wording/en")]
    [InlineData("{{daysOverdue}} days", 0, "/steps/0/wording/en")]
    [InlineData("{{daysOverdue}} days, level {{level}}", 1, null)]
    [InlineData("{{customerNumber}}: {{oldestInvoice}} of {{oldestDueDate}}, {{collector}}", 0, null)]
    public void what_is_there_only_after_the_due_date_is_named_only_then(string opening, int at, string? field)
    {
        var wish = Some.Standard with
        {
            Steps =
            [
                .. Some.Standard.Steps.Select((step, index) => index == at
                    ? step with { Wording = Words(new Wording("s", opening, "c"), "en") }
                    : step),
            ],
        };

        PlaybookDecider.Define(Playbook.Initial, wish).Refusal?.Field.ShouldBe(field);
        PlaybookDecider.Define(Playbook.Initial, wish).Events.Count.ShouldBe(field is null ? 1 : 0);
    }

    /// <summary>COL-06: 480 characters of a text message, 60 of them for how to get no more.</summary>
    [Fact]
    public void a_message_may_say_what_fits_into_one()
    {
        PlaybookDefined[] good =
        [
            Message(step => step with { Wording = Said(419) }),
            Message(step => step with { Wording = Said(379, "{{contact}}") }),
            Message(step => step with { Wording = Said(939), Channel = NoticeChannel.Whatsapp }),
        ];

        foreach (var wish in good)
            Spec.Given().When(playbook => PlaybookDecider.Define(playbook, wish)).Then(wish);
    }

    private static PlaybookDefined Message(Func<PlaybookStep, PlaybookStep> change) => First(step => change(
        step with { Channel = NoticeChannel.Sms, Wording = Said(100) }));

    /// <summary>A wording whose opening and closing have so many characters, and name this.</summary>
    private static Dictionary<string, Wording> Said(int characters, string named = "") =>
        Words(new Wording("s", $"{new string('o', characters - 1)}{named}", "c"), "en");

    private static PlaybookStep Since(PlaybookStep step, int days) =>
        step with { Condition = new StepCondition(ConditionJoin.All, DaysSinceNotice: days) };

    private static PlaybookDefined If(StepCondition condition) => First(step => step with { Condition = condition });

    private static PlaybookDefined Led(PlaybookStep first) => Some.Standard with
    {
        Scope = PlaybookScope.LeadingInvoice,
        Steps = [first, .. Some.Standard.Steps],
    };

    private static PlaybookDefined First(Func<PlaybookStep, PlaybookStep> change) => Some.Standard with
    {
        Steps = [change(Some.Standard.Steps[0]), .. Some.Standard.Steps.Skip(1)],
    };

    private static Dictionary<string, Wording> Words(params string[] languages) =>
        Words(new Wording("s", "o", "c"), languages);

    private static Dictionary<string, Wording> Words(Wording wording, params string[] languages) =>
        languages.ToDictionary(language => language, _ => wording);

    /// <summary>An instance of the version before reads only what it knows, and goes by every playbook it can read.
    /// </summary>
    [Fact]
    public void what_a_playbook_does_not_say_is_not_stored()
    {
        var plain = Some.Standard with
        {
            Steps = [Some.Standard.Steps[1] with { Condition = new StepCondition(ConditionJoin.All, DaysOverdue: 3) }],
        };

        var stored = System.Text.Json.JsonSerializer.Serialize(plain, Json.Stored);

        foreach (var later in new[]
        {
            "Credits", "IncludeCurrent", "IncludeDisputed", "Level", "DisputeDays", "BreachedPlans", "DaysSinceNotice",
            "EscalateTo", "CountFrom", "CopyTo", "Stages", "IsByGroup",
        })
            stored.ShouldNotContain($"\"{later}\"");
        System.Text.Json.JsonSerializer.Serialize(plain with { Credits = OpenCredits.Ignored }, Json.Stored)
            .ShouldContain("\"Credits\":\"Ignored\"");
    }

    /// <summary>As an older instance finds what it does not know: such a playbook is not in force there.</summary>
    [Fact]
    public void a_scope_of_a_newer_version_is_read_as_no_other()
    {
        var grouped = Some.Standard with
        {
            Scope = PlaybookScope.LeadingOfPurchaseOrder,
            Stages = PlaybookStages.Staged,
        };

        var stored = System.Text.Json.JsonSerializer.Serialize(grouped, Json.Stored);

        stored.ShouldContain("\"Scope\":\"LeadingOfPurchaseOrder\"");
        stored.ShouldContain("\"Stages\":\"Staged\"");
        Should.Throw<System.Text.Json.JsonException>(() =>
            System.Text.Json.JsonSerializer.Deserialize<PlaybookDefined>(
                stored.Replace("LeadingOfPurchaseOrder", "LeadingOfSomething", StringComparison.Ordinal), Json.Stored));
    }
}
