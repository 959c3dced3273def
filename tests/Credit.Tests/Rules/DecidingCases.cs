using OrderToCash.Credit.Applications;
using OrderToCash.Credit.Policies;
using OrderToCash.Credit.Scoring;
using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Rules;

public sealed class DecidingCases
{
    private static readonly Guid Approval = Ids.From("approval");
    private static readonly DateTimeOffset Due = new(2026, 11, 4, 12, 0, 0, TimeSpan.Zero);

    private static readonly ApplicationSubmitted Submitted = new(
        Assessor.Application, Customer, "US01", "Globex", Usd(20_000), null, null, "Applied for.", "sales");

    private static readonly ApplicationApproved Granted = new(
        Customer, Assessor.Application, Usd(10_000), Today, null, false, null);

    private static DeciderSpec<CreditApplication> Cases { get; } =
        new(CreditApplication.Initial, CreditApplication.Evolve);

    [Theory]
    [InlineData(Recommendation.Approve, ApplicationStatus.Approved)]
    [InlineData(Recommendation.Decline, ApplicationStatus.Declined)]
    [InlineData(Recommendation.Refer, ApplicationStatus.InReview)]
    public void the_policy_decides_or_hands_on(Recommendation recommendation, ApplicationStatus status) =>
        Cases.Given(Submitted).When(Assess(recommendation)).ThenState(application =>
        {
            application.Status.ShouldBe(status);
            application.DueBy.ShouldBe(recommendation == Recommendation.Refer ? Due : null);
            application.Approved?.ByPolicy.ShouldBeTrue();
            Assess(recommendation)(application).Events.ShouldBeEmpty("what is judged is judged");
        });

    /// <summary>CRD-05: it is told once in a round, and only while a person could decide.</summary>
    [Fact]
    public void a_case_that_nobody_decided_in_time_is_told_once_and_given_on()
    {
        InReview().When(Miss(Due)).ThenNothing();
        InReview().When(Miss(Due.AddSeconds(1), to: "max")).Then(new ApplicationOverdue(Customer, Due, null, "max"));
        InReview(new ApplicationAssigned("ben")).When(Miss(Due.AddSeconds(1)))
            .Then(new ApplicationOverdue(Customer, Due, "ben", "ben"));
        InReview(new ApplicationOverdue(Customer, Due, null, "max")).When(Miss(Due.AddDays(1), to: "max"))
            .ThenNothing();
        InReview(new ApplicationSentUp(Approval)).When(Miss(Due.AddDays(1))).ThenNothing();
        InReview(new InformationRequested("figures")).When(Miss(Due.AddDays(1))).ThenNothing();
        InReview(new ApplicationWithdrawn()).When(Miss(Due.AddDays(1))).ThenNothing();

        static Func<CreditApplication, Decision> Miss(DateTimeOffset now, string? to = null) =>
            application => ApplicationDecider.MissDeadline(application, now, to);
    }

    [Fact]
    public void a_reviewer_grants_something_else()
    {
        InReview().When(application => ApplicationDecider.Approve(application, Granted, "ana")).Then(Granted);
        InReview().When(application => ApplicationDecider.Decline(application, "no", "ana"))
            .Then(new ApplicationDeclined(
                Customer, Assessor.Application, false, [new OrderReason("declined", "no")]));
        InReview().When(application => ApplicationDecider.Approve(application, Granted with { Limit = Eur(1) }, "ana"))
            .ThenRefused("other-currency");
    }

    /// <summary>CRD-05.</summary>
    [Fact]
    public void a_case_is_not_approved_while_a_mandatory_point_of_its_checklist_is_open()
    {
        var referred = new ApplicationReferred(
            Due, [new ChecklistPoint("identity", "Is it them?"), new ChecklistPoint("visit", "Go and see.", false)]);
        var done = new ChecklistPointMarked("identity", true, "seen", "ana", Due);
        Cases.Given(Submitted, referred).When(application => ApplicationDecider.Approve(application, Granted, "ana"))
            .ThenRefused("checklist-open");
        Cases.Given(Submitted, referred).When(application => ApplicationDecider.Decline(application, "no", "ana"))
            .ThenState(application => application.Status.ShouldBe(ApplicationStatus.Declined));
        Cases.Given(Submitted, referred).When(application => ApplicationDecider.Mark(application, done)).Then(done);
        Cases.Given(Submitted, referred, done).When(application => ApplicationDecider.Mark(application, done))
            .ThenNothing();
        Cases.Given(Submitted, referred)
            .When(application => ApplicationDecider.Mark(application, done with { Code = "blood" }))
            .ThenRefused("not-found");
        Cases.Given(Submitted, referred, done, done with { IsDone = false })
            .When(application => ApplicationDecider.Approve(application, Granted, "ana")).ThenRefused("checklist-open");
        Cases.Given(Submitted, referred, done, Granted, new ApplicationReopened(2), referred)
            .When(application => ApplicationDecider.Approve(application, Granted, "ana")).ThenRefused("checklist-open");
    }

    [Fact]
    public void a_case_in_review_is_assessed_again_and_no_other()
    {
        InReview().When(Reassess).Then(new ReassessmentRequested());
        InReview(new ReassessmentRequested()).When(Reassess).ThenRefused("not-in-review");
        InReview(new ReassessmentRequested()).When(Assess(Recommendation.Approve))
            .ThenState(application => application.Status.ShouldBe(ApplicationStatus.Approved));
        InReview(new InformationRequested("figures")).When(Reassess).ThenRefused("not-in-review");
        InReview(Granted).When(Reassess).ThenRefused("not-in-review");
        Cases.Given().When(Reassess).ThenRefused("not-found");
    }

    [Fact]
    public void who_asks_never_decides()
    {
        InReview().When(application => ApplicationDecider.Approve(application, Granted, "sales"))
            .ThenRefused("own-request");
        InReview().When(application => ApplicationDecider.Decline(application, "no", "sales"))
            .ThenRefused("own-request");
    }

    [Fact]
    public void nothing_is_decided_before_it_is_assessed_or_after_it_is_decided()
    {
        Cases.Given(Submitted).When(application => ApplicationDecider.Approve(application, Granted, "ana"))
            .ThenRefused("not-in-review");
        InReview(Granted).When(application => ApplicationDecider.Decline(application, "no", "ana"))
            .ThenRefused("not-in-review");
        Cases.Given().When(application => ApplicationDecider.Decline(application, "no", "ana"))
            .ThenRefused("not-found");
    }

    [Fact]
    public void what_is_missing_is_asked_for_and_when_it_comes_the_case_is_assessed_again()
    {
        var figures = new Financials("USD", NetWorth: 1);
        var asked = new InformationRequested("last year's figures");
        InReview().When(application => ApplicationDecider.AskFor(application, asked.What)).Then(asked);
        InReview(asked).When(application => ApplicationDecider.AskFor(application, asked.What)).ThenNothing();
        InReview(asked).When(application => ApplicationDecider.Provide(application, new(Customer, "here", figures)))
            .ThenState(application =>
            {
                (application.Status, application.Financials, application.Needed)
                    .ShouldBe((ApplicationStatus.Assessing, figures, null));
                Assess(Recommendation.Approve)(application).Events.Count.ShouldBe(2);
            });
    }

    /// <summary>CRD-05: how long an applicant takes is not the reviewer's time.</summary>
    [Fact]
    public void once_it_has_come_there_is_as_much_time_again_but_not_for_what_nobody_asked_for()
    {
        var provided = new InformationProvided(Customer, "here", null);
        var referred = new ApplicationReferred(Due.AddDays(9));
        InReview(new InformationRequested("figures"), provided, referred)
            .When(application => ApplicationDecider.MissDeadline(application, Due.AddDays(9), null)).ThenNothing();
        InReview(new InformationRequested("figures"), provided, referred)
            .When(application => ApplicationDecider.MissDeadline(application, Due.AddDays(10), null))
            .Then(new ApplicationOverdue(Customer, Due.AddDays(9), null, null));
        InReview(provided, referred)
            .When(application => ApplicationDecider.MissDeadline(application, Due.AddDays(1), null))
            .Then(new ApplicationOverdue(Customer, Due, null, null));
        InReview(
            new ApplicationOverdue(Customer, Due, null, null), new InformationRequested("figures"), provided, referred)
            .When(application => ApplicationDecider.MissDeadline(application, Due.AddDays(10), null))
            .Then(new ApplicationOverdue(Customer, Due.AddDays(9), null, null));
    }

    /// <summary>Those above say no while the applicant is still asked: nobody is late with it.</summary>
    [Fact]
    public void what_is_sent_back_still_waits_for_what_was_asked_for()
    {
        var back = new ApplicationSentBack("rejected", IsInformationNeeded: true);
        InReview(new InformationRequested("figures"), new ApplicationSentUp(Approval))
            .When(application => ApplicationDecider.SendBack(application, Approval, "rejected")).Then(back);
        InReview(new InformationRequested("figures"), new ApplicationSentUp(Approval), back)
            .When(application => ApplicationDecider.MissDeadline(application, Due.AddDays(1), null)).ThenNothing();
    }

    [Fact]
    public void what_waits_for_approval_is_granted_by_that_approval_alone()
    {
        var up = InReview(new ApplicationSentUp(Approval));
        up.When(application => ApplicationDecider.Approve(application, Granted, "ana")).ThenRefused("not-in-review");
        up.When(application => ApplicationDecider.Grant(application, Granted)).ThenRefused("not-in-review");
        up.When(application => ApplicationDecider.Grant(application, Granted with { ApprovalId = Approval }))
            .Then(Granted with { ApprovalId = Approval });
        up.When(application => ApplicationDecider.SendBack(application, Approval, "rejected")).ThenState(application =>
            (application.Status, application.ApprovalId).ShouldBe((ApplicationStatus.InReview, null)));
        up.When(application => ApplicationDecider.SendBack(application, Invoice, "rejected")).ThenNothing();
        up.When(ApplicationDecider.Withdraw).ThenRefused("awaiting-approval");
    }

    [Fact]
    public void a_decided_case_is_reopened_as_its_next_round_with_its_folder()
    {
        var note = new FolderEntryAdded("note", "met the owner", null, "ana", Due);
        InReview(note, Granted).When(ApplicationDecider.Reopen).ThenState(application =>
        {
            (application.Status, application.Round, application.Approved)
                .ShouldBe((ApplicationStatus.Assessing, 2, null));
            application.Folder.ShouldBe([note]);
        });
        InReview().When(ApplicationDecider.Reopen).ThenRefused("not-decided");
        InReview(new ApplicationWithdrawn()).When(ApplicationDecider.Reopen)
            .Then(new ApplicationReopened(2));
        Cases.Given(Submitted with { Kind = Assessor.Review }, new ApplicationWithdrawn())
            .When(ApplicationDecider.Reopen).ThenRefused("review-comes-again");
    }

    [Fact]
    public void a_case_is_given_to_somebody_and_back_to_the_queue()
    {
        InReview().When(application => ApplicationDecider.Assign(application, "ben"))
            .Then(new ApplicationAssigned("ben"));
        InReview(new ApplicationAssigned("ben")).When(application => ApplicationDecider.Assign(application, "ben"))
            .ThenNothing();
        InReview(new ApplicationAssigned("ben")).When(application => ApplicationDecider.Assign(application, null))
            .Then(new ApplicationAssigned(null));
        InReview(Granted).When(application => ApplicationDecider.Assign(application, "ben"))
            .ThenRefused("not-in-review");
    }

    [Fact]
    public void what_nobody_asks_for_any_more_is_withdrawn_once()
    {
        InReview().When(ApplicationDecider.Withdraw).Then(new ApplicationWithdrawn());
        InReview(new ApplicationWithdrawn()).When(ApplicationDecider.Withdraw).ThenNothing();
        InReview(Granted).When(ApplicationDecider.Withdraw).ThenRefused("not-in-review");
    }

    [Fact]
    public void a_folder_keeps_so_many_documents_each_once()
    {
        object[] full = [.. Enumerable.Range(1, CaseDocument.MostDocuments).Select(number => Kept($"{number}"))];
        InReview(Kept("1")).When(application => ApplicationDecider.Keep(application, Kept("1"))).ThenNothing();
        InReview(full[1..]).When(application => ApplicationDecider.Keep(application, Kept("new"))).Then(Kept("new"));
        InReview(full).When(application => ApplicationDecider.Keep(application, Kept("new")))
            .ThenRefused("folder-full");

        static FolderEntryAdded Kept(string hash) => new(
            "document", "x", "x", "ana", Due, new CaseDocument(Ids.From("document", hash), "x", "text/csv", 1, hash));
    }

    private static Decision Reassess(CreditApplication application) => ApplicationDecider.Reassess(application);

    private static DeciderSpec<CreditApplication>.Past InReview(params object[] more) => Cases.Given(
        [Submitted, new ApplicationAssessed(Assessment(Recommendation.Refer)), new ApplicationReferred(Due), .. more]);

    private static Func<CreditApplication, Decision> Assess(Recommendation recommendation) =>
        application => ApplicationDecider.Assess(application, Assessment(recommendation), Today.AddDays(365), Due);

    private static Assessment Assessment(Recommendation recommendation) => new(
        Today, 1, new Consultation(ConsultationStatus.Found, null, null, null, ""),
        new CustomerFacts(Today, "US", null, null, null, Behaviour.None),
        new CaseFacts(Assessor.Application, Usd(20_000), null, "NET 30", "USD", [], null, "USD", null),
        new ScoreResult(70, "B", 80, null, []), null, null, recommendation, []);
}
