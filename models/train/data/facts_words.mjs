// Words left out of every list, and translations written by hand where the automatic choice was wrong. Chosen for this project.
export const dropWords = new Set(`the and for not with that this but are was has had did been being its his her him she they them their our you your who whom whose which what than then
ass bitch bastard damn hell shit fuck cock prick dick whore slut rape rapist naked nude sex sexual sexy penis vagina nigger negro faggot kill murder suicide orgasm erotic drug heroin cocaine
jew nazi slave genocide porn virgin bum crap piss tit tits boob breast nipple anus retard queer lesbian homosexual hitler`.split(/\s+/));
export const pairFixes = {};
