import{d as e,f as t,n,p as r,u as i}from"./ha-Bk7M2UNj.js";import{t as a}from"./custom-element-DfQM5z2l.js";import{i as o,n as s,r as c,t as l}from"./styles-B4wwyW3R.js";import{t as u}from"./element-C3LT5yG6.js";import"./dialog-CtRm4UJF.js";import{t as d}from"./form-DEJ5fJue.js";var f={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},p=e=>(...t)=>({_$litDirective$:e,values:t}),m=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,n){this._$Ct=e,this._$AM=t,this._$Ci=n}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}},{I:h}=r,g=e=>e,_=e=>e.strings===void 0,v=()=>document.createComment(``),y=(e,t,n)=>{let r=e._$AA.parentNode,i=t===void 0?e._$AB:t._$AA;if(n===void 0)n=new h(r.insertBefore(v(),i),r.insertBefore(v(),i),e,e.options);else{let t=n._$AB.nextSibling,a=n._$AM,o=a!==e;if(o){let t;n._$AQ?.(e),n._$AM=e,n._$AP!==void 0&&(t=e._$AU)!==a._$AU&&n._$AP(t)}if(t!==i||o){let e=n._$AA;for(;e!==t;){let t=g(e).nextSibling;g(r).insertBefore(e,i),e=t}}}return n},b=(e,t,n=e)=>(e._$AI(t,n),e),x={},S=(e,t=x)=>e._$AH=t,C=e=>e._$AH,w=e=>{e._$AR(),e._$AA.remove()},T=(e,t,n)=>{let r=new Map;for(let i=t;i<=n;i++)r.set(e[i],i);return r},E=p(class extends m{constructor(e){if(super(e),e.type!==f.CHILD)throw Error(`repeat() can only be used in text expressions`)}dt(e,t,n){let r;n===void 0?n=t:t!==void 0&&(r=t);let i=[],a=[],o=0;for(let t of e)i[o]=r?r(t,o):o,a[o]=n(t,o),o++;return{values:a,keys:i}}render(e,t,n){return this.dt(e,t,n).values}update(t,[n,r,i]){let a=C(t),{values:o,keys:s}=this.dt(n,r,i);if(!Array.isArray(a))return this.ut=s,o;let c=this.ut??=[],l=[],u,d,f=0,p=a.length-1,m=0,h=o.length-1;for(;f<=p&&m<=h;)if(a[f]===null)f++;else if(a[p]===null)p--;else if(c[f]===s[m])l[m]=b(a[f],o[m]),f++,m++;else if(c[p]===s[h])l[h]=b(a[p],o[h]),p--,h--;else if(c[f]===s[h])l[h]=b(a[f],o[h]),y(t,l[h+1],a[f]),f++,h--;else if(c[p]===s[m])l[m]=b(a[p],o[m]),y(t,a[f],a[p]),p--,m++;else if(u===void 0&&(u=T(s,m,h),d=T(c,f,p)),u.has(c[f])){if(u.has(c[p])){let e=d.get(s[m]),n=e===void 0?null:a[e];if(n===null){let e=y(t,a[f]);b(e,o[m]),l[m]=e}else l[m]=b(n,o[m]),y(t,a[f],n),a[e]=null;m++}else w(a[p]),p--}else w(a[f]),f++;for(;m<=h;){let e=y(t,l[h+1]);b(e,o[m]),l[m++]=e}for(;f<=p;){let e=a[f++];e!==null&&w(e)}return this.ut=s,S(t,l),e}}),D=class extends u{constructor(...e){super(...e),this.heading=``,this.question=``,this.label=``,this.confirm=``,this.refuse=``,this.danger=!1,this.suggestions=[],this.text=``}static{this.styles=[l,d]}firstUpdated(){this.label&&!this.suggestions.length&&requestAnimationFrame(()=>this.renderRoot.querySelector(`textarea`)?.focus())}done(e){this.dispatchEvent(new CustomEvent(`done`,{detail:e}))}render(){return t`<bvp-dialog
.app=${this.app}
.heading=${this.heading}
@closed=${()=>this.dispatchEvent(new CustomEvent(`closed`))}
>
${this.question?t`<p>${this.question}</p>`:i}
${this.suggestions.length?t`<div class="chips field">
${this.suggestions.map(e=>t`<button type="button" class="choose" @click=${()=>this.done(e)}>
${e}
</button>`)}
</div>`:i}
${this.label?t`<div class="field">
<label for="text">${this.label}</label>
<textarea
id="text"
rows="2"
.value=${this.text}
@input=${e=>this.text=e.target.value}
></textarea>
</div>`:i}
<span slot="actions">
${n({label:this.refuse||this.t(`common.cancel`),look:`plain`,onClick:()=>this.dispatchEvent(new CustomEvent(this.refuse?`refused`:`closed`))})}
${n({label:this.confirm,look:this.danger?`danger`:`primary`,onClick:()=>this.done(this.text.trim())})}
</span>
</bvp-dialog>`}};s([o()],D.prototype,`heading`,void 0),s([o()],D.prototype,`question`,void 0),s([o()],D.prototype,`label`,void 0),s([o()],D.prototype,`confirm`,void 0),s([o()],D.prototype,`refuse`,void 0),s([o({type:Boolean})],D.prototype,`danger`,void 0),s([o({attribute:!1})],D.prototype,`suggestions`,void 0),s([c()],D.prototype,`text`,void 0),D=s([a(`bvp-text-dialog`)],D);export{m as a,p as i,S as n,f as o,_ as r,E as t};