using System.Net;
using System.Text.Json;
using OrderToCash.Credit.Bureau;

namespace OrderToCash.Credit.Tests.Rules;

public sealed class AskingTheBureau
{
    /// <summary>What is wrong with one company's file says nothing about the bureau.</summary>
    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, true)]
    [InlineData(HttpStatusCode.InternalServerError, true)]
    [InlineData(HttpStatusCode.TooManyRequests, true)]
    [InlineData(HttpStatusCode.Unauthorized, true)]
    [InlineData(HttpStatusCode.BadRequest, false)]
    [InlineData(HttpStatusCode.UnprocessableEntity, false)]
    public void a_bureau_is_away_when_it_answers_nobody(HttpStatusCode status, bool isAway) =>
        new BureauUnavailableException("no", new HttpRequestException("no", null, status)).IsAway.ShouldBe(isAway);

    [Fact]
    public void it_is_away_when_it_cannot_be_reached_and_not_when_its_answer_cannot_be_read()
    {
        new BureauUnavailableException("no", new HttpRequestException("refused")).IsAway.ShouldBeTrue();
        new BureauUnavailableException("no", new IOException("cut off")).IsAway.ShouldBeTrue();
        new BureauUnavailableException("no", new JsonException("what?")).IsAway.ShouldBeFalse();
        new BureauUnavailableException("no", new KeyNotFoundException("duns")).IsAway.ShouldBeFalse();
    }

    /// <summary>CRD-01: what is over is not what is open; where nobody says that it is over, it is not.</summary>
    [Theory]
    [InlineData("""{"hasOpenBankruptcy":true,"hasBankruptcy":true}""", "bankruptcy")]
    [InlineData("""{"hasOpenBankruptcy":true}""", "bankruptcy")]
    [InlineData("""{"hasBankruptcy":true}""", "bankruptcy")]
    [InlineData("""{"hasOpenBankruptcy":null,"hasBankruptcy":true}""", "bankruptcy")]
    [InlineData("""{"hasOpenBankruptcy":false,"hasBankruptcy":true}""", "past-bankruptcy")]
    [InlineData("""{"hasOpenBankruptcy":false,"hasBankruptcy":false}""", null)]
    [InlineData("null", null)]
    public void a_bankruptcy_is_open_or_over(string events, string? finding) =>
        BureauAnswers.Read($$$"""{"organization":{"duns":"1","legalEvents":{{{events}}}}}""").Findings
            .ShouldBe(finding is null ? [] : [finding]);
}
