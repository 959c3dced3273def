namespace OrderToCash.Collections.Notices.Messages;

/// <summary>
/// How whoever reads a message says that no more are wanted: <c>STOP</c>, which providers hear in any language and post
/// back as a no to the channel. In the portal there is nobody to answer.
/// </summary>
internal static class StopWords
{
    public static string Of(string language) => language switch
    {
        "es" => "Responda STOP para no recibir más mensajes.",
        "fr" => "Répondez STOP pour ne plus recevoir de messages.",
        _ => "Reply STOP to get no more messages.",
    };
}
